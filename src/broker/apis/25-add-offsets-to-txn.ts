import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";
import { coordinates, named } from "./transactional.ts";

/** Makes a group's offsets part of a transaction. */
export const addOffsetsToTxn = defineHandler(MESSAGES.addOffsetsToTxn, (context, { groupId, ...producer }) => {
  const error = coordinates(context, producer.transactionalId)
    ? context.transactions.addOffsets(producer, groupId)
    : "NOT_COORDINATOR";
  return { throttleTimeMs: 0, errorCode: ERROR_CODES[named(error, context)] };
});
