import { fence } from "./end.ts";
import {
  type Identity,
  isExhausted,
  isPrepared,
  moved,
  NO_EPOCH,
  refused,
  type Step,
  type Transaction,
  type Turn,
} from "./state.ts";

export interface InitRequest {
  readonly timeoutMs: number;
  /** Who the producer believes to be, where it goes on after an error (KIP-360). */
  readonly was: Identity | undefined;
}

/**
 * Gives the producer an identity that fences everybody before it. Where a transaction is under way that is aborted first:
 * the step then ends in PrepareAbort, and the producer has to ask again.
 */
export function init(transaction: Transaction, request: InitRequest, turn: Turn): Step {
  const { was } = request;
  if (was && !mayGoOn(transaction, was)) return refused("PRODUCER_FENCED");
  if (isPrepared(transaction)) return refused("CONCURRENT_TRANSACTIONS");
  if (transaction.state === "Ongoing") return { kind: "moved", to: fence(transaction, turn) };
  if (isExhausted(transaction.producerEpoch) && (!was || was.producerEpoch === transaction.producerEpoch)) {
    return { kind: "moved", to: withNewId(transaction, request, turn) };
  }
  return withNextEpoch(transaction, request, turn.now);
}

/** An id that is not the present one is accepted where the transactional id is new, and of who asks again after its last epoch. */
const mayGoOn = (transaction: Transaction, { producerId, producerEpoch }: Identity): boolean =>
  transaction.producerEpoch === NO_EPOCH ||
  producerId === transaction.producerId ||
  (producerId === transaction.previousProducerId && isExhausted(producerEpoch));

function withNextEpoch(transaction: Transaction, { timeoutMs, was }: InitRequest, now: number): Step {
  const { producerEpoch, lastProducerEpoch } = transaction;
  const next = { producerEpoch: producerEpoch + 1, lastProducerEpoch: was ? producerEpoch : NO_EPOCH };
  if (!was || producerEpoch === NO_EPOCH || was.producerEpoch === producerEpoch) return opened(next);
  // It was given its next epoch before, and has not heard of it: nobody else came in between, or the last epoch were -1.
  if (was.producerEpoch === lastProducerEpoch) return opened({ producerEpoch, lastProducerEpoch });
  return refused("PRODUCER_FENCED");

  function opened(epochs: { readonly producerEpoch: number; readonly lastProducerEpoch: number }): Step {
    return { kind: "moved", to: emptied(transaction, { ...epochs, timeoutMs }, now) };
  }
}

const withNewId = (transaction: Transaction, { timeoutMs, was }: InitRequest, turn: Turn): Transaction =>
  emptied(
    transaction,
    {
      producerId: turn.newProducerId(),
      producerEpoch: 0,
      lastProducerEpoch: was ? transaction.producerEpoch : NO_EPOCH,
      timeoutMs,
    },
    turn.now,
  );

const emptied = (transaction: Transaction, changes: Partial<Transaction>, now: number): Transaction =>
  moved(transaction, "Empty", { ...changes, partitions: new Map(), groups: [], startedAt: -1 }, now);
