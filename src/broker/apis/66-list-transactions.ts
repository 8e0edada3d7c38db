import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES, type RequestOf } from "../protocol/index.ts";
import { MOVES, type Transaction } from "../transactions/index.ts";
import { coordinates } from "./transactional.ts";

type Request = RequestOf<typeof MESSAGES.listTransactions>;

/** Tells which transactional ids there are. Each node lists those that it looks after. */
export const listTransactions = defineHandler(
  MESSAGES.listTransactions,
  (context, request) => {
    const pattern = patternOf(request.transactionalIdPattern);
    if (pattern === undefined) return answer("INVALID_REGULAR_EXPRESSION", [], []);
    // A filter of states that names none of Kafka's lets nothing through.
    const unknown = request.stateFilters.filter((state) => !(state in MOVES));
    const now = context.now();
    const listed = [...context.transactions.all.values()].filter(
      (transaction) =>
        coordinates(context, transaction.transactionalId) &&
        passes(transaction, request, now) &&
        pattern.test(transaction.transactionalId),
    );
    return answer("NONE", unknown, listed);
  },
  { leftOut: ["patterns in RE2's syntax: they are read as JavaScript's"] },
);

function passes({ state, producerId, startedAt }: Transaction, request: Request, now: number): boolean {
  const { stateFilters, producerIdFilters, durationFilter } = request;
  if (stateFilters.length > 0 && !stateFilters.includes(state)) return false;
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(producerId)) return false;
  // Like in Kafka, an id that has had no transaction counts as older than any.
  return durationFilter < 0n || BigInt(now - startedAt) > durationFilter;
}

/** The whole id has to match; undefined where the pattern is none. */
function patternOf(pattern: string | null): RegExp | undefined {
  try {
    return new RegExp(pattern ? `^(?:${pattern})$` : "", "su");
  } catch {
    // The sentence in it is about JavaScript; the client knows what it sent.
    return undefined;
  }
}

const answer = (error: keyof typeof ERROR_CODES, unknownStateFilters: string[], listed: readonly Transaction[]) => ({
  throttleTimeMs: 0,
  errorCode: ERROR_CODES[error],
  unknownStateFilters,
  transactionStates: listed.map(({ transactionalId, producerId, state }) => ({
    transactionalId,
    producerId,
    transactionState: state,
  })),
});
