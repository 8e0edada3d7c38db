import type { ErrorName } from "../protocol/index.ts";

export type TransactionState =
  | "Empty"
  | "Ongoing"
  | "PrepareCommit"
  | "PrepareAbort"
  | "CompleteCommit"
  | "CompleteAbort"
  | "PrepareEpochFence"
  | "Dead";

/** Every move a transaction may make; `moved` alone makes one. */
export const MOVES = {
  Empty: ["Empty", "Ongoing", "PrepareAbort", "Dead"],
  Ongoing: ["Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence"],
  PrepareCommit: ["CompleteCommit"],
  PrepareAbort: ["CompleteAbort"],
  CompleteCommit: ["Empty", "Ongoing", "PrepareAbort", "Dead"],
  CompleteAbort: ["Empty", "Ongoing", "PrepareAbort", "Dead"],
  PrepareEpochFence: ["PrepareAbort"],
  Dead: [],
} as const satisfies Record<TransactionState, readonly TransactionState[]>;

/** Who writes, and under which epoch: of two with one id the higher epoch fences the lower. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** Partitions by topic. */
export type TopicPartitions = ReadonlyMap<string, readonly number[]>;

/** What the coordinator knows of one transactional id. It is never changed: each verb gives the next one. */
export interface Transaction extends Identity {
  readonly transactionalId: string;
  readonly state: TransactionState;
  /** The id before the last move; another one only where that move gave a new id. -1 where there was none. */
  readonly previousProducerId: bigint;
  /** The id that completing gives, since the epochs of the present one have run out; otherwise -1. */
  readonly nextProducerId: bigint;
  /** The epoch that may still ask again for what it was not told; -1 where none may. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  /** Empty unless the transaction is under way or being ended. */
  readonly partitions: TopicPartitions;
  /** Groups whose offsets are part of the transaction. */
  readonly groups: readonly string[];
  /** When the last transaction began; -1 where none has. */
  readonly startedAt: number;
  readonly updatedAt: number;
}

/** What a verb makes of a request. Nothing has happened before the caller has stored what it `moved` to. */
export type Step =
  | { readonly kind: "refused"; readonly error: ErrorName }
  /** What is asked for holds already. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "moved"; readonly to: Transaction };

/** What verbs need of the world. */
export interface Turn {
  readonly now: number;
  /** A producer id that nobody has had. */
  readonly newProducerId: () => bigint;
}

export const NO_ID = -1n;
export const NO_EPOCH = -1;

/** Producers get epochs up to here; the one above is left, so that a producer with the last epoch can be fenced. */
export const EPOCH_MAX = 32_766;

export const refused = (error: ErrorName): Step => ({ kind: "refused", error });
export const UNCHANGED: Step = { kind: "unchanged" };

/** A transactional id that is seen for the first time. It has no epoch yet. */
export const newTransaction = (
  transactionalId: string,
  timeoutMs: number,
  { now, newProducerId }: Turn,
): Transaction => ({
  transactionalId,
  state: "Empty",
  producerId: newProducerId(),
  producerEpoch: NO_EPOCH,
  previousProducerId: NO_ID,
  nextProducerId: NO_ID,
  lastProducerEpoch: NO_EPOCH,
  timeoutMs,
  partitions: new Map(),
  groups: [],
  startedAt: -1,
  updatedAt: now,
});

/** Makes a move. Throws for one that is not in the table: no request may lead there. */
export function moved(
  from: Transaction,
  state: TransactionState,
  changes: Partial<Transaction>,
  now: number,
): Transaction {
  const allowed: readonly TransactionState[] = MOVES[from.state];
  if (!allowed.includes(state)) throw new Error(`${from.transactionalId} cannot move from ${from.state} to ${state}`);
  return {
    ...from,
    previousProducerId: from.producerId,
    // Clocks may be set back; a transaction is never younger than it was.
    updatedAt: Math.max(now, from.updatedAt),
    ...changes,
    state,
  };
}

export const isExhausted = (epoch: number): boolean => epoch >= EPOCH_MAX;

/** Whether the outcome is decided, and only the markers are missing. */
export const isPrepared = ({ state }: Transaction): boolean => state === "PrepareCommit" || state === "PrepareAbort";

/** Who the producer is from now on. The new id of a prepared transaction is decided, even though it comes with completion. */
export const identityOf = ({ producerId, producerEpoch, nextProducerId }: Transaction): Identity =>
  nextProducerId === NO_ID ? { producerId, producerEpoch } : { producerId: nextProducerId, producerEpoch: 0 };
