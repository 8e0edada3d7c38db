import { type Place, placeOf } from "../group/consumer/index.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import { KafkaFault, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** Clients choose their ids themselves from this version on. */
const OWN_ID_SINCE = 1;

/** Joins, stays in, or leaves a group in which the coordinator shares out (KIP-848). */
export const consumerGroupHeartbeat = defineHandler(
  MESSAGES.consumerGroupHeartbeat,
  (context, request): Answer => {
    try {
      return heartbeat(context, request);
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      const nothing = { memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
      return { throttleTimeMs: 0, errorCode: error.code, errorMessage: error.message, ...nothing };
    }
  },
  {
    leftOut: [
      "subscriptions by regular expression",
      "changing between the classic and the newer protocol while a group has members",
    ],
  },
);

type Answer = ResponseInput<typeof MESSAGES.consumerGroupHeartbeat>;

function heartbeat(context: RequestContext, request: RequestOf<typeof MESSAGES.consumerGroupHeartbeat>): Answer {
  const { groupId, memberId, memberEpoch, subscribedTopicNames, subscribedTopicRegex } = request;
  if (!isCoordinator(context, groupId)) throw new KafkaFault("NOT_COORDINATOR");
  if (subscribedTopicRegex) {
    throw new KafkaFault("INVALID_REGULAR_EXPRESSION", "This broker takes no SubscribedTopicRegex.");
  }
  const isNew = memberId === "" && memberEpoch === 0 && context.version < OWN_ID_SINCE;
  const { assignment, ...answer } = context.groups.consumerHeartbeat(groupId, {
    memberId: isNew ? crypto.randomUUID() : memberId,
    memberEpoch,
    instanceId: request.instanceId,
    rackId: request.rackId,
    clientId: context.clientId ?? "",
    clientHost: context.clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    topics: subscribedTopicNames,
    assignor: request.serverAssignor,
    owned: request.topicPartitions && placesOf(request.topicPartitions),
  });
  return { throttleTimeMs: 0, errorCode: 0, ...answer, assignment: assignment && { topicPartitions: assignment } };
}

const placesOf = (
  topics: readonly { readonly topicId: string; readonly partitions: readonly number[] }[],
): Set<Place> =>
  new Set(topics.flatMap(({ topicId, partitions }) => partitions.map((partition) => placeOf(topicId, partition))));
