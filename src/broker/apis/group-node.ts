import type { RequestContext } from "../parts.ts";

/** Whether this node answers for the group; if not, the answer is NOT_COORDINATOR. */
export const isCoordinator = ({ nodes, nodeId }: RequestContext, groupId: string): boolean =>
  nodes.coordinatorOf(groupId).id === nodeId;
