import { defineApi } from "../api.ts";
import { array, int8, int16, int32, int64, records, string, struct, uuid } from "../field.ts";

/** Reads record batches from partitions, waiting a while where there are none. */
export const fetch = defineApi({
  key: 1,
  name: "Fetch",
  versions: [4, 18],
  flexibleSince: 12,
  request: {
    clusterId: string.orNull().from(12).or(null).tagged(0),
    replicaId: int32.to(14).or(-1),
    replicaState: struct({
      replicaId: int32.or(-1),
      replicaEpoch: int64.or(-1n),
    })
      .from(15)
      .tagged(1),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32.or(2147483647),
    isolationLevel: int8.or(0),
    sessionId: int32.from(7).or(0),
    sessionEpoch: int32.from(7).or(-1),
    topics: array({
      topic: string.to(12),
      topicId: uuid.from(13),
      partitions: array({
        partition: int32,
        currentLeaderEpoch: int32.from(9).or(-1),
        fetchOffset: int64,
        lastFetchedEpoch: int32.from(12).or(-1),
        logStartOffset: int64.from(5).or(-1n),
        partitionMaxBytes: int32,
        replicaDirectoryId: uuid.from(17).tagged(0),
        highWatermark: int64.from(18).or(9223372036854775807n).tagged(1),
      }),
    }),
    forgottenTopicsData: array({
      topic: string.to(12),
      topicId: uuid.from(13),
      partitions: array(int32),
    }).from(7),
    rackId: string.from(11).or(""),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16.from(7),
    sessionId: int32.from(7).or(0),
    responses: array({
      topic: string.to(12),
      topicId: uuid.from(13),
      partitions: array({
        partitionIndex: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: int64.or(-1n),
        logStartOffset: int64.from(5).or(-1n),
        divergingEpoch: struct({
          epoch: int32.or(-1),
          endOffset: int64.or(-1n),
        })
          .from(12)
          .tagged(0),
        currentLeader: struct({
          leaderId: int32.or(-1),
          leaderEpoch: int32.or(-1),
        })
          .from(12)
          .tagged(1),
        snapshotId: struct({
          endOffset: int64.or(-1n),
          epoch: int32.or(-1),
        })
          .from(12)
          .tagged(2),
        abortedTransactions: array({
          producerId: int64,
          firstOffset: int64,
        }).orNull(),
        preferredReadReplica: int32.from(11).or(-1),
        records: records.orNull(),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.orNull().or(null),
    })
      .from(16)
      .tagged(0),
  },
});
