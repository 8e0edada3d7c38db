import { defineHandler } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES } from "../protocol/index.ts";
import { coordinates } from "./transactional.ts";

/** The first version whose producers know PRODUCER_FENCED. */
const FENCED_SINCE = 4;

/** Gives a producer its id and epoch, and fences its predecessor. */
export const initProducerId = defineHandler(
  MESSAGES.initProducerId,
  (context, { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch }) => {
    // Both are given, or neither.
    if ((producerId === -1n) !== (producerEpoch === -1)) return refused("INVALID_REQUEST");
    if (transactionalId && !coordinates(context, transactionalId)) return refused("NOT_COORDINATOR");
    const was = producerId === -1n ? undefined : { producerId, producerEpoch };
    const { error, ...identity } = context.transactions.init({ transactionalId, timeoutMs, was });
    const known = error === "PRODUCER_FENCED" && context.version < FENCED_SINCE ? "INVALID_PRODUCER_EPOCH" : error;
    return { throttleTimeMs: 0, errorCode: ERROR_CODES[known], ...identity };
  },
);

const refused = (error: ErrorName) => ({
  throttleTimeMs: 0,
  errorCode: ERROR_CODES[error],
  producerId: -1n,
  producerEpoch: -1,
});
