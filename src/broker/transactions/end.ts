import {
  EPOCH_MAX,
  type Identity,
  identityOf,
  isExhausted,
  moved,
  NO_ID,
  refused,
  type Step,
  type Transaction,
  type Turn,
  UNCHANGED,
} from "./state.ts";

export interface EndRequest extends Identity {
  readonly committed: boolean;
  /** Whether the producer goes on under the next epoch (KIP-890, EndTxn from version 5 on). */
  readonly bumpsEpoch: boolean;
}

/**
 * Decides a transaction: from PrepareCommit or PrepareAbort there is no way back. The caller writes the markers, and then
 * takes `completed`.
 */
export function end(transaction: Transaction, request: EndRequest, turn: Turn): Step {
  return request.bumpsEpoch ? endWithBump(transaction, request, turn) : endPlainly(transaction, request, turn.now);
}

/**
 * Aborts for a producer that is not to be heard any more: its epoch is taken from it by the same move. The producer that
 * has the last epoch can be fenced too, since nobody is given the one above.
 */
export const fence = (transaction: Transaction, turn: Turn): Transaction =>
  bumped(moved(transaction, "PrepareEpochFence", {}, turn.now), "PrepareAbort", {}, turn);

/** What a prepared transaction is when its markers are written. */
export function completed(transaction: Transaction, now: number): Transaction {
  const state = transaction.state === "PrepareCommit" ? "CompleteCommit" : "CompleteAbort";
  return moved(
    transaction,
    state,
    { ...identityOf(transaction), nextProducerId: NO_ID, partitions: new Map(), groups: [] },
    now,
  );
}

function endPlainly(transaction: Transaction, { committed, ...producer }: EndRequest, now: number): Step {
  if (transaction.producerId !== producer.producerId) return refused("INVALID_PRODUCER_ID_MAPPING");
  if (transaction.producerEpoch !== producer.producerEpoch) return refused("PRODUCER_FENCED");
  switch (transaction.state) {
    case "Ongoing":
      return { kind: "moved", to: moved(transaction, committed ? "PrepareCommit" : "PrepareAbort", {}, now) };
    case "PrepareCommit":
      return committed ? refused("CONCURRENT_TRANSACTIONS") : refused("INVALID_TXN_STATE");
    case "PrepareAbort":
      return committed ? refused("INVALID_TXN_STATE") : refused("CONCURRENT_TRANSACTIONS");
    case "CompleteCommit":
      return committed ? UNCHANGED : refused("INVALID_TXN_STATE");
    case "CompleteAbort":
      return committed ? refused("INVALID_TXN_STATE") : UNCHANGED;
    case "Empty":
      return refused("INVALID_TXN_STATE");
    case "Dead":
    case "PrepareEpochFence":
      throw new Error(`${transaction.transactionalId} cannot be ended in state ${transaction.state}`);
  }
}

/** With an epoch for each transaction, the epoch before the present one can only be asking again for the answer it lost. */
function endWithBump(transaction: Transaction, request: EndRequest, turn: Turn): Step {
  const { state, producerId, producerEpoch } = transaction;
  const { committed } = request;
  const current = request.producerEpoch === producerEpoch;
  const again = asksAgain(transaction, request);
  if (producerId !== request.producerId && !askedBeforeNewId(transaction, request)) {
    return refused("INVALID_PRODUCER_ID_MAPPING");
  }
  switch (state) {
    case "Ongoing":
      if (!current) return refused("PRODUCER_FENCED");
      return { kind: "moved", to: bumped(transaction, committed ? "PrepareCommit" : "PrepareAbort", {}, turn) };
    case "PrepareCommit":
    case "PrepareAbort":
      if (request.producerEpoch + 1 !== producerEpoch) return refused("PRODUCER_FENCED");
      return refused(committed === (state === "PrepareCommit") ? "CONCURRENT_TRANSACTIONS" : "INVALID_TXN_STATE");
    case "CompleteCommit":
    case "CompleteAbort":
      if (again) return committed === (state === "CompleteCommit") ? UNCHANGED : refused("INVALID_TXN_STATE");
      return current ? endNothing(transaction, committed, turn) : refused("PRODUCER_FENCED");
    case "Empty":
      return current ? endNothing(transaction, committed, turn) : refused("PRODUCER_FENCED");
    case "Dead":
    case "PrepareEpochFence":
      throw new Error(`${transaction.transactionalId} cannot be ended in state ${state}`);
  }
}

/** A producer that does not know whether its first batch arrived aborts, and there may be nothing to abort. */
const endNothing = (transaction: Transaction, committed: boolean, turn: Turn): Step =>
  committed
    ? refused("INVALID_TXN_STATE")
    : { kind: "moved", to: bumped(transaction, "PrepareAbort", { startedAt: turn.now }, turn) };

function bumped(
  transaction: Transaction,
  state: "PrepareCommit" | "PrepareAbort",
  changes: Partial<Transaction>,
  { now, newProducerId }: Turn,
): Transaction {
  const { producerEpoch } = transaction;
  const nextProducerId = isExhausted(producerEpoch) ? newProducerId() : NO_ID;
  const epochs = { producerEpoch: producerEpoch + 1, lastProducerEpoch: producerEpoch, nextProducerId };
  return moved(transaction, state, { ...changes, ...epochs }, now);
}

const asksAgain = (transaction: Transaction, request: Identity): boolean =>
  transaction.producerEpoch === request.producerEpoch + 1 || askedBeforeNewId(transaction, request);

/** The answer that was lost had a new id in it, since the epochs of the old one had run out. */
const askedBeforeNewId = (transaction: Transaction, { producerId, producerEpoch }: Identity): boolean =>
  transaction.previousProducerId === producerId && producerEpoch === EPOCH_MAX && transaction.producerEpoch === 0;
