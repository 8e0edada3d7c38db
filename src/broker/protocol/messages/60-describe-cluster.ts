import { defineApi } from "../api.ts";
import { array, bool, int8, int16, int32, string } from "../field.ts";

/** Asks for the brokers of the cluster, its id and its controller. */
export const describeCluster = defineApi({
  key: 60,
  name: "DescribeCluster",
  versions: [0, 2],
  flexibleSince: 0,
  request: {
    includeClusterAuthorizedOperations: bool,
    endpointType: int8.from(1).or(1),
    includeFencedBrokers: bool.from(2),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: string.orNull().or(null),
    endpointType: int8.from(1).or(1),
    clusterId: string,
    controllerId: int32.or(-1),
    brokers: array({
      brokerId: int32,
      host: string,
      port: int32,
      rack: string.orNull().or(null),
      isFenced: bool.from(2),
    }),
    clusterAuthorizedOperations: int32.or(-2147483648),
  },
});
