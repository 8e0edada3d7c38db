import { defineApi } from "../api.ts";
import { array, bool, int16, int32, int64, string } from "../field.ts";

/** Makes partitions part of a transaction before they are written to. */
export const addPartitionsToTxn = defineApi({
  key: 24,
  name: "AddPartitionsToTxn",
  versions: [0, 5],
  flexibleSince: 3,
  request: {
    transactions: array({
      transactionalId: string,
      producerId: int64,
      producerEpoch: int16,
      verifyOnly: bool.or(false),
      topics: array({
        name: string,
        partitions: array(int32),
      }),
    }).from(4),
    v3AndBelowTransactionalId: string.to(3),
    v3AndBelowProducerId: int64.to(3),
    v3AndBelowProducerEpoch: int16.to(3),
    v3AndBelowTopics: array({
      name: string,
      partitions: array(int32),
    }).to(3),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16.from(4),
    resultsByTransaction: array({
      transactionalId: string,
      topicResults: array({
        name: string,
        resultsByPartition: array({
          partitionIndex: int32,
          partitionErrorCode: int16,
        }),
      }),
    }).from(4),
    resultsByTopicV3AndBelow: array({
      name: string,
      resultsByPartition: array({
        partitionIndex: int32,
        partitionErrorCode: int16,
      }),
    }).to(3),
  },
});
