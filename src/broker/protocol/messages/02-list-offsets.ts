import { defineApi } from "../api.ts";
import { array, int8, int16, int32, int64, string } from "../field.ts";

/** Asks for the offset of a partition's start, of its end, or of a time. */
export const listOffsets = defineApi({
  key: 2,
  name: "ListOffsets",
  versions: [1, 11],
  flexibleSince: 6,
  request: {
    replicaId: int32,
    isolationLevel: int8.from(2),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        currentLeaderEpoch: int32.from(4).or(-1),
        timestamp: int64,
      }),
    }),
    timeoutMs: int32.from(10),
  },
  response: {
    throttleTimeMs: int32.from(2),
    topics: array({
      name: string,
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        timestamp: int64.or(-1n),
        offset: int64.or(-1n),
        leaderEpoch: int32.from(4).or(-1),
      }),
    }),
  },
});
