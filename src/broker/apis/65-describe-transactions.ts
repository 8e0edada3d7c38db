import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { coordinates } from "./transactional.ts";

type Described = ResponseInput<typeof MESSAGES.describeTransactions>["transactionStates"][number];

/** Tells the state of transactions by their ids. */
export const describeTransactions = defineHandler(
  MESSAGES.describeTransactions,
  (context, { transactionalIds }) => ({
    throttleTimeMs: 0,
    transactionStates: transactionalIds.map((id) => described(context, id)),
  }),
  { leftOut: ["a group's offsets in a transaction as a partition of `__consumer_offsets`"] },
);

function described(context: RequestContext, transactionalId: string): Described {
  if (transactionalId === "") return refused(transactionalId, "INVALID_REQUEST");
  if (!coordinates(context, transactionalId)) return refused(transactionalId, "NOT_COORDINATOR");
  const transaction = context.transactions.all.get(transactionalId);
  if (!transaction) return refused(transactionalId, "TRANSACTIONAL_ID_NOT_FOUND");
  return {
    errorCode: 0,
    transactionalId,
    transactionState: transaction.state,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStartTimeMs: BigInt(transaction.startedAt),
    producerId: transaction.producerId,
    producerEpoch: transaction.producerEpoch,
    topics: [...transaction.partitions].map(([topic, partitions]) => ({ topic, partitions })),
  };
}

const refused = (transactionalId: string, error: ErrorName): Described => ({
  errorCode: ERROR_CODES[error],
  transactionalId,
  transactionState: "",
  transactionTimeoutMs: 0,
  transactionStartTimeMs: 0n,
  producerId: 0n,
  producerEpoch: 0,
  topics: [],
});
