import type { RequestContext } from "../parts.ts";
import type { ErrorName } from "../protocol/index.ts";

/** Whether the node that was asked looks after this transactional id, or this group. */
export const coordinates = ({ nodes, nodeId }: RequestContext, key: string): boolean =>
  nodes.coordinatorOf(key).id === nodeId;

/** The first version of AddPartitionsToTxn, AddOffsetsToTxn and EndTxn whose producers know PRODUCER_FENCED. */
const FENCED_SINCE = 2;

/** The error by the name that this version has for it. */
export const named = (error: ErrorName, { version }: RequestContext): ErrorName =>
  error === "PRODUCER_FENCED" && version < FENCED_SINCE ? "INVALID_PRODUCER_EPOCH" : error;
