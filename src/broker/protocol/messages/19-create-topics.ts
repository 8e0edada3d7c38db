import { defineApi } from "../api.ts";
import { array, bool, int8, int16, int32, string, uuid } from "../field.ts";

/** Makes topics. */
export const createTopics = defineApi({
  key: 19,
  name: "CreateTopics",
  versions: [2, 7],
  flexibleSince: 5,
  request: {
    topics: array({
      name: string,
      numPartitions: int32,
      replicationFactor: int16,
      assignments: array({
        partitionIndex: int32,
        brokerIds: array(int32),
      }),
      configs: array({
        name: string,
        value: string.orNull(),
      }),
    }),
    timeoutMs: int32.or(60000),
    validateOnly: bool.or(false),
  },
  response: {
    throttleTimeMs: int32,
    topics: array({
      name: string,
      topicId: uuid.from(7),
      errorCode: int16,
      errorMessage: string.orNull(),
      topicConfigErrorCode: int16.from(5).tagged(0),
      numPartitions: int32.from(5).or(-1),
      replicationFactor: int16.from(5).or(-1),
      configs: array({
        name: string,
        value: string.orNull(),
        readOnly: bool,
        configSource: int8.or(-1),
        isSensitive: bool,
      })
        .orNull()
        .from(5),
    }),
  },
});
