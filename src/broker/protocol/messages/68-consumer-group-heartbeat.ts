import { defineApi } from "../api.ts";
import { array, int16, int32, string, struct, uuid } from "../field.ts";

/** Joins, stays in and leaves a group of the newer protocol (KIP-848), and gets the member's assignment. */
export const consumerGroupHeartbeat = defineApi({
  key: 68,
  name: "ConsumerGroupHeartbeat",
  versions: [0, 1],
  flexibleSince: 0,
  request: {
    groupId: string,
    memberId: string,
    memberEpoch: int32,
    instanceId: string.orNull().or(null),
    rackId: string.orNull().or(null),
    rebalanceTimeoutMs: int32.or(-1),
    subscribedTopicNames: array(string).orNull().or(null),
    subscribedTopicRegex: string.orNull().from(1).or(null),
    serverAssignor: string.orNull().or(null),
    topicPartitions: array({
      topicId: uuid,
      partitions: array(int32),
    })
      .orNull()
      .or(null),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: string.orNull().or(null),
    memberId: string.orNull().or(null),
    memberEpoch: int32,
    heartbeatIntervalMs: int32,
    assignment: struct({
      topicPartitions: array({
        topicId: uuid,
        partitions: array(int32),
      }),
    })
      .orNull()
      .or(null),
  },
});
