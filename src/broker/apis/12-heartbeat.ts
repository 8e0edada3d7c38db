import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** Keeps a member's session, and tells it whether to join again. */
export const heartbeat = defineHandler(MESSAGES.heartbeat, (context, request) => {
  const { groupId, memberId, groupInstanceId: instanceId, generationId } = request;
  const error = isCoordinator(context, groupId)
    ? context.groups.heartbeat(groupId, { memberId, instanceId, generationId })
    : "NOT_COORDINATOR";
  return { throttleTimeMs: 0, errorCode: ERROR_CODES[error] };
});
