import type { Table } from "../log/index.ts";
import type { Transaction } from "./state.ts";

/** A transaction as JSON. What can be had from the others is left out. */
interface Stored {
  readonly state: Transaction["state"];
  readonly ids: readonly [producerId: string, previous: string, next: string];
  readonly epochs: readonly [producerEpoch: number, last: number];
  readonly timeoutMs: number;
  readonly partitions: readonly (readonly [topic: string, indexes: readonly number[]])[];
  readonly groups: readonly string[];
  readonly times: readonly [startedAt: number, updatedAt: number];
}

/** The change that stores a transaction, or forgets a dead one. */
export const changeTo = (transaction: Transaction): readonly [key: string, value: Stored | undefined] => [
  `${PREFIX}${transaction.transactionalId}`,
  transaction.state === "Dead" ? undefined : storedOf(transaction),
];

/** Every transaction in a table. */
export function* storedIn(table: Table): Generator<Transaction> {
  for (const [key, value] of table.entries) {
    // The table's checksums say that `changeTo` wrote this.
    if (key.startsWith(PREFIX)) yield transactionOf(key.slice(PREFIX.length), value as Stored);
  }
}

/** Transactional ids may be any text; what else is in the table has another beginning. */
const PREFIX = "transaction ";

const storedOf = (transaction: Transaction): Stored => ({
  state: transaction.state,
  ids: [String(transaction.producerId), String(transaction.previousProducerId), String(transaction.nextProducerId)],
  epochs: [transaction.producerEpoch, transaction.lastProducerEpoch],
  timeoutMs: transaction.timeoutMs,
  partitions: [...transaction.partitions],
  groups: transaction.groups,
  times: [transaction.startedAt, transaction.updatedAt],
});

const transactionOf = (transactionalId: string, { state, ids, epochs, times, ...rest }: Stored): Transaction => ({
  transactionalId,
  state,
  producerId: BigInt(ids[0]),
  previousProducerId: BigInt(ids[1]),
  nextProducerId: BigInt(ids[2]),
  producerEpoch: epochs[0],
  lastProducerEpoch: epochs[1],
  timeoutMs: rest.timeoutMs,
  partitions: new Map(rest.partitions),
  groups: rest.groups,
  startedAt: times[0],
  updatedAt: times[1],
});
