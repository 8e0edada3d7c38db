import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { coordinates } from "./transactional.ts";

type Request = RequestOf<typeof MESSAGES.txnOffsetCommit>;
type Answer = ResponseInput<typeof MESSAGES.txnOffsetCommit>;

/** The first version whose producers know TRANSACTION_ABORTABLE. */
const ABORTABLE_SINCE = 4;
/** From this version on no AddOffsetsToTxn goes before it (KIP-890). */
const ADDS_OFFSETS_SINCE = 5;

/** Stores a group's offsets, which count once the transaction is committed. */
export const txnOffsetCommit = defineHandler(MESSAGES.txnOffsetCommit, (context, request): Answer => {
  const { groupId } = request;
  if (groupId === "") return refused(request, "INVALID_GROUP_ID");
  if (!coordinates(context, groupId)) return refused(request, "NOT_COORDINATOR");
  const error = verified(context, request);
  return error === "NONE" ? context.groups.commitInTransaction(request, context) : refused(request, error);
});

/** Whether the offsets belong to a transaction that is under way, whichever node looks after that. */
function verified({ transactions, version }: RequestContext, { groupId, ...producer }: Request): ErrorName {
  const add = version >= ADDS_OFFSETS_SINCE;
  const error = add ? transactions.addOffsets(producer, groupId) : transactions.hasOffsets(producer, groupId);
  if (error === "PRODUCER_FENCED") return "INVALID_PRODUCER_EPOCH";
  return error === "TRANSACTION_ABORTABLE" && version < ABORTABLE_SINCE ? "INVALID_TXN_STATE" : error;
}

const refused = ({ topics }: Request, error: ErrorName): Answer => ({
  throttleTimeMs: 0,
  topics: topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: ERROR_CODES[error] })),
  })),
});
