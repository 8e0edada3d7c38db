import { defineApi } from "../api.ts";
import { array, int16, int32, int64, string, uuid } from "../field.ts";

/** Stores how far a group has read. */
export const offsetCommit = defineApi({
  key: 8,
  name: "OffsetCommit",
  versions: [2, 10],
  flexibleSince: 8,
  request: {
    groupId: string,
    generationIdOrMemberEpoch: int32.or(-1),
    memberId: string,
    groupInstanceId: string.orNull().from(7).or(null),
    retentionTimeMs: int64.to(4).or(-1n),
    topics: array({
      name: string.to(9),
      topicId: uuid.from(10),
      partitions: array({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: int32.from(6).or(-1),
        committedMetadata: string.orNull(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32.from(3),
    topics: array({
      name: string.to(9),
      topicId: uuid.from(10),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
      }),
    }),
  },
});
