import { defineApi } from "../api.ts";
import { array, bool, int16, int32, int64, string } from "../field.ts";

/** Asks how large the logs of partitions are, and where they are kept. */
export const describeLogDirs = defineApi({
  key: 35,
  name: "DescribeLogDirs",
  versions: [1, 5],
  flexibleSince: 2,
  request: {
    topics: array({
      topic: string,
      partitions: array(int32),
    }).orNull(),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16.from(3),
    results: array({
      errorCode: int16,
      logDir: string,
      topics: array({
        name: string,
        partitions: array({
          partitionIndex: int32,
          partitionSize: int64,
          offsetLag: int64,
          isFutureKey: bool,
        }),
      }),
      totalBytes: int64.from(4).or(-1n),
      usableBytes: int64.from(4).or(-1n),
      isCordoned: bool.from(5).or(false),
    }),
  },
});
