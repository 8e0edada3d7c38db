import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { CLUSTER_OPERATIONS } from "./operations.ts";

const ENDPOINTS = { BROKER: 1, CONTROLLER: 2 } as const;

/** Tells the nodes of the cluster and its id. */
export const describeCluster = defineHandler(MESSAGES.describeCluster, ({ clusterId, nodes }, request) => {
  const { endpointType } = request;
  if (endpointType !== ENDPOINTS.BROKER) {
    const wanted = endpointType === ENDPOINTS.CONTROLLER;
    return {
      throttleTimeMs: 0,
      errorCode: ERROR_CODES[wanted ? "MISMATCHED_ENDPOINT_TYPE" : "UNSUPPORTED_ENDPOINT_TYPE"],
      errorMessage: wanted
        ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
        : `Unsupported endpoint type ${endpointType}`,
      clusterId: "",
      brokers: [],
    };
  }
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    clusterId,
    controllerId: nodes.controller.id,
    brokers: nodes.all.map(({ id, host, port }) => ({ brokerId: id, host, port, isFenced: false })),
    ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
  };
});
