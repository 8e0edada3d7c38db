import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";
import { GROUP_OPERATIONS } from "./operations.ts";

type Described = ResponseInput<typeof MESSAGES.describeGroups>["groups"][number];

/** From this version on, a group that is not there is an error. */
const MISSING_SINCE = 6;

/** Says in which state groups are, who their members are and what each has. */
export const describeGroups = defineHandler(MESSAGES.describeGroups, (context, request) => ({
  throttleTimeMs: 0,
  groups: request.groups.map((groupId) => {
    const described = describe(context, groupId);
    const asked = request.includeAuthorizedOperations && described.errorCode === 0;
    return asked ? { ...described, authorizedOperations: GROUP_OPERATIONS } : described;
  }),
}));

function describe(context: RequestContext, groupId: string): Described {
  if (!isCoordinator(context, groupId)) return undescribed(groupId, "NOT_COORDINATOR", null, "");
  const group = context.groups.describe(groupId);
  if (group) {
    const { state, protocolType, protocolName, members } = group;
    return { errorCode: 0, groupId, groupState: state, protocolType, protocolData: protocolName, members };
  }
  const missing = context.groups.describeConsumer(groupId) ? "is not a classic group" : "not found";
  return context.version < MISSING_SINCE
    ? undescribed(groupId, "NONE", null, "Dead")
    : undescribed(groupId, "GROUP_ID_NOT_FOUND", `Group ${groupId} ${missing}.`, "Dead");
}

const undescribed = (
  groupId: string,
  error: ErrorName,
  errorMessage: string | null,
  groupState: string,
): Described => ({
  errorCode: ERROR_CODES[error],
  errorMessage,
  groupId,
  groupState,
  protocolType: "",
  protocolData: "",
  members: [],
});
