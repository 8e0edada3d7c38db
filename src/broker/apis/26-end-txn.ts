import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { coordinates, named } from "./transactional.ts";

/** From this version on the producer has another epoch for each transaction (KIP-890). */
const BUMPS_SINCE = 5;

/** Commits or aborts a transaction. The markers are written when this is answered. */
export const endTxn = defineHandler(MESSAGES.endTxn, (context, { committed, ...producer }) => {
  if (!coordinates(context, producer.transactionalId)) {
    return { throttleTimeMs: 0, errorCode: ERROR_CODES.NOT_COORDINATOR };
  }
  const how = { committed, bumpsEpoch: context.version >= BUMPS_SINCE };
  const { error, ...identity } = context.transactions.end(producer, how);
  return { throttleTimeMs: 0, errorCode: ERROR_CODES[named(error, context)], ...identity };
});
