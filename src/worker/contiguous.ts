import type { IncomingRecord } from "../kafka/index.ts";

/**
 * Tells the offset up to which all records of a batch are handled, when they are handled out of their order: what Kafka
 * commits is one offset, so a record counts as done only when all before it do.
 */
export class Contiguous {
  readonly #records: readonly IncomingRecord[];
  readonly #done: (offset: bigint) => void;
  readonly #positions: ReadonlyMap<IncomingRecord, number>;
  readonly #handled: Uint8Array;
  /** All records before this one are handled. */
  #next = 0;

  constructor(records: readonly IncomingRecord[], done: (offset: bigint) => void) {
    this.#records = records;
    this.#done = done;
    this.#positions = new Map(records.map((record, position) => [record, position]));
    this.#handled = new Uint8Array(records.length);
  }

  /** This record is handled. */
  add(record: IncomingRecord): void {
    const position = this.#positions.get(record);
    if (position === undefined) throw new Error(`offset ${record.offset} is not in the batch`);
    this.#handled[position] = 1;
    const before = this.#next;
    while (this.#handled[this.#next] === 1) this.#next++;
    const last = this.#records[this.#next - 1];
    if (this.#next > before && last !== undefined) this.#done(last.offset);
  }
}

/** The records of each key in their order, the keys in the order of their first records. A record without one is alone. */
export function byKey(records: readonly IncomingRecord[]): IncomingRecord[][] {
  const queues = Map.groupBy(records, (record) => record.key?.toString("latin1") ?? record);
  return [...queues.values()];
}
