import { defineHandler } from "../parts.ts";
import { MESSAGES } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** Lists the groups that this node answers for. Filters without entries let everything through. */
export const listGroups = defineHandler(MESSAGES.listGroups, (context, { statesFilter, typesFilter }) => ({
  throttleTimeMs: 0,
  errorCode: 0,
  groups: context.groups
    .list()
    .filter(({ groupId }) => isCoordinator(context, groupId))
    .filter(({ state, type }) => allows(statesFilter, state) && allows(typesFilter, type))
    .map(({ groupId, protocolType, state, type }) => ({ groupId, protocolType, groupState: state, groupType: type })),
}));

const allows = (filter: readonly string[], value: string): boolean =>
  filter.length === 0 || filter.some((one) => one.toLowerCase() === value.toLowerCase());
