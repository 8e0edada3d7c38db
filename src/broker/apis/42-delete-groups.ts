import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** Deletes groups without members, and what they have committed. */
export const deleteGroups = defineHandler(MESSAGES.deleteGroups, (context, { groupsNames }) => ({
  throttleTimeMs: 0,
  results: [...new Set(groupsNames)].map((groupId) => ({
    groupId,
    errorCode: ERROR_CODES[isCoordinator(context, groupId) ? context.groups.delete(groupId) : "NOT_COORDINATOR"],
  })),
}));
