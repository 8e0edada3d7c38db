import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";
import { GROUP_OPERATIONS } from "./operations.ts";

type Described = ResponseInput<typeof MESSAGES.consumerGroupDescribe>["groups"][number];

/** What Kafka calls a member that speaks the newer protocol. */
const CONSUMER_MEMBER = 1;

/** Says in which state groups of the newer protocol are, and how far each member has come. */
export const consumerGroupDescribe = defineHandler(MESSAGES.consumerGroupDescribe, (context, request) => ({
  throttleTimeMs: 0,
  groups: request.groupIds.map((groupId) => {
    const described = describe(context, groupId);
    const asked = request.includeAuthorizedOperations && described.errorCode === 0;
    return asked ? { ...described, authorizedOperations: GROUP_OPERATIONS } : described;
  }),
}));

function describe(context: RequestContext, groupId: string): Described {
  if (groupId === "") return undescribed(groupId, "INVALID_GROUP_ID", null);
  if (!isCoordinator(context, groupId)) return undescribed(groupId, "NOT_COORDINATOR", null);
  const group = context.groups.describeConsumer(groupId);
  if (!group) {
    const missing = context.groups.describe(groupId) ? "is not a consumer group" : "not found";
    return undescribed(groupId, "GROUP_ID_NOT_FOUND", `Group ${groupId} ${missing}.`);
  }
  return {
    errorCode: 0,
    groupId,
    groupState: group.state,
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: group.assignorName,
    members: group.members.map(({ assignment, targetAssignment, ...member }) => ({
      ...member,
      subscribedTopicRegex: "",
      assignment: { topicPartitions: assignment },
      targetAssignment: { topicPartitions: targetAssignment },
      memberType: CONSUMER_MEMBER,
    })),
  };
}

const undescribed = (groupId: string, error: ErrorName, errorMessage: string | null): Described => ({
  errorCode: ERROR_CODES[error],
  errorMessage,
  groupId,
  groupState: "",
  groupEpoch: 0,
  assignmentEpoch: 0,
  assignorName: "",
  members: [],
});
