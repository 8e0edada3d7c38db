import { defineHandler } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** From this version on, a member must say which protocol it takes the group to have. */
const PROTOCOL_SINCE = 5;
const NO_BYTES = Buffer.alloc(0);

/** Takes everybody's assignment from the leader, and gives each member its own. */
export const syncGroup = defineHandler(
  MESSAGES.syncGroup,
  async (context, request): Promise<ResponseInput<typeof MESSAGES.syncGroup>> => {
    const { groupId, memberId, groupInstanceId, generationId, protocolType, protocolName } = request;
    const refused = (error: ErrorName) => ({ throttleTimeMs: 0, errorCode: ERROR_CODES[error], assignment: NO_BYTES });
    if (context.version >= PROTOCOL_SINCE && (protocolType === null || protocolName === null)) {
      return refused("INCONSISTENT_GROUP_PROTOCOL");
    }
    if (!isCoordinator(context, groupId)) return refused("NOT_COORDINATOR");
    // Copied out of the frame, which would be kept with them otherwise.
    const assignments = new Map(request.assignments.map((one) => [one.memberId, Buffer.from(one.assignment)]));
    const { error, ...answer } = await context.groups.sync(
      groupId,
      { memberId, instanceId: groupInstanceId, generationId, protocolType, protocolName, assignments },
      context.signal,
    );
    return { throttleTimeMs: 0, errorCode: ERROR_CODES[error], ...answer };
  },
);
