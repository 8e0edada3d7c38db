import { defineApi } from "../api.ts";
import { array, int16, int32, int64, records, string, struct, uuid } from "../field.ts";

/** Appends record batches to partitions. */
export const produce = defineApi({
  key: 0,
  name: "Produce",
  versions: [3, 13],
  flexibleSince: 9,
  request: {
    transactionalId: string.orNull().or(null),
    acks: int16,
    timeoutMs: int32,
    topicData: array({
      name: string.to(12),
      topicId: uuid.from(13),
      partitionData: array({
        index: int32,
        records: records.orNull(),
      }),
    }),
  },
  response: {
    responses: array({
      name: string.to(12),
      topicId: uuid.from(13),
      partitionResponses: array({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: int64.or(-1n),
        logStartOffset: int64.from(5).or(-1n),
        recordErrors: array({
          batchIndex: int32,
          batchIndexErrorMessage: string.orNull().or(null),
        }).from(8),
        errorMessage: string.orNull().from(8).or(null),
        currentLeader: struct({
          leaderId: int32.or(-1),
          leaderEpoch: int32.or(-1),
        })
          .from(10)
          .tagged(0),
      }),
    }),
    throttleTimeMs: int32.or(0),
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.orNull().or(null),
    })
      .from(10)
      .tagged(0),
  },
});
