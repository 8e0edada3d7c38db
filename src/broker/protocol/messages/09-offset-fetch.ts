import { defineApi } from "../api.ts";
import { array, bool, int16, int32, int64, string, uuid } from "../field.ts";

/** Asks how far a group has read. */
export const offsetFetch = defineApi({
  key: 9,
  name: "OffsetFetch",
  versions: [1, 10],
  flexibleSince: 6,
  request: {
    groupId: string.to(7),
    topics: array({
      name: string,
      partitionIndexes: array(int32),
    })
      .orNull(2)
      .to(7),
    groups: array({
      groupId: string,
      memberId: string.orNull().from(9).or(null),
      memberEpoch: int32.from(9).or(-1),
      topics: array({
        name: string.to(9),
        topicId: uuid.from(10),
        partitionIndexes: array(int32),
      }).orNull(),
    }).from(8),
    requireStable: bool.from(7).or(false),
  },
  response: {
    throttleTimeMs: int32.from(3),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.from(5).or(-1),
        metadata: string.orNull(),
        errorCode: int16,
      }),
    }).to(7),
    errorCode: int16.from(2).to(7).or(0),
    groups: array({
      groupId: string,
      topics: array({
        name: string.to(9),
        topicId: uuid.from(10),
        partitions: array({
          partitionIndex: int32,
          committedOffset: int64,
          committedLeaderEpoch: int32.or(-1),
          metadata: string.orNull(),
          errorCode: int16,
        }),
      }),
      errorCode: int16.or(0),
    }).from(8),
  },
});
