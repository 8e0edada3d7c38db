import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** From this version on, several members may leave at once, and each has an error of its own. */
const SEVERAL_SINCE = 3;

/** Lets members go before their sessions end. */
export const leaveGroup = defineHandler(MESSAGES.leaveGroup, (context, { groupId, memberId, members }) => {
  if (groupId === "") return { throttleTimeMs: 0, errorCode: ERROR_CODES.INVALID_GROUP_ID, members: [] };
  if (!isCoordinator(context, groupId)) {
    return { throttleTimeMs: 0, errorCode: ERROR_CODES.NOT_COORDINATOR, members: [] };
  }
  const leaving = context.version < SEVERAL_SINCE ? [{ memberId, groupInstanceId: null }] : members;
  const errors = context.groups.leave(
    groupId,
    leaving.map((one) => ({ memberId: one.memberId, instanceId: one.groupInstanceId })),
  );
  return {
    throttleTimeMs: 0,
    errorCode: context.version < SEVERAL_SINCE ? ERROR_CODES[errors[0] ?? "NONE"] : 0,
    members: leaving.map((one, at) => ({
      memberId: one.memberId,
      groupInstanceId: one.groupInstanceId,
      errorCode: ERROR_CODES[errors[at] ?? "NONE"],
    })),
  };
});
