import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES } from "../protocol/index.ts";

/** What may be asked for, by number. */
const KEY_TYPES = { group: 0, transaction: 1, share: 2 } as const;

/** Says which node answers for a group or a transactional id. */
export const findCoordinator = defineHandler(
  MESSAGES.findCoordinator,
  (context, { key, keyType, coordinatorKeys }) => {
    const found = (context.version >= 4 ? coordinatorKeys : [key]).map((one) => find(context, keyType, one));
    if (context.version >= 4) return { throttleTimeMs: 0, coordinators: found };
    const [only] = found;
    // Versions up to 3 tell of success in words.
    return { throttleTimeMs: 0, ...only, ...(only?.errorCode === 0 && { errorMessage: "NONE" }) };
  },
  { leftOut: ["coordinators of share groups"] },
);

function find({ nodes }: RequestContext, keyType: number, key: string) {
  const error: ErrorName =
    keyType === KEY_TYPES.group || keyType === KEY_TYPES.transaction ? "NONE" : "INVALID_REQUEST";
  const { id, host, port } = error === "NONE" ? nodes.coordinatorOf(key) : { id: -1, host: "", port: -1 };
  return { key, nodeId: id, host, port, errorCode: ERROR_CODES[error], errorMessage: error === "NONE" ? "" : error };
}
