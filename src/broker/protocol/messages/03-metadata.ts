import { defineApi } from "../api.ts";
import { array, bool, int16, int32, string, uuid } from "../field.ts";

/** Asks which brokers there are, and where the partitions of topics are led. */
export const metadata = defineApi({
  key: 3,
  name: "Metadata",
  versions: [0, 13],
  flexibleSince: 9,
  request: {
    topics: array({
      topicId: uuid.from(10),
      name: string.orNull(10),
    }).orNull(1),
    allowAutoTopicCreation: bool.from(4).or(true),
    includeClusterAuthorizedOperations: bool.from(8).to(10),
    includeTopicAuthorizedOperations: bool.from(8),
  },
  response: {
    throttleTimeMs: int32.from(3),
    brokers: array({
      nodeId: int32,
      host: string,
      port: int32,
      rack: string.orNull().from(1).or(null),
    }),
    clusterId: string.orNull().from(2).or(null),
    controllerId: int32.from(1).or(-1),
    topics: array({
      errorCode: int16,
      name: string.orNull(12),
      topicId: uuid.from(10),
      isInternal: bool.from(1).or(false),
      partitions: array({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: int32.from(7).or(-1),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: array(int32).from(5),
      }),
      topicAuthorizedOperations: int32.from(8).or(-2147483648),
    }),
    clusterAuthorizedOperations: int32.from(8).to(10).or(-2147483648),
    errorCode: int16.from(13),
  },
});
