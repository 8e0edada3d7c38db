import type { Delivery, OutgoingRecord } from "../../../src/kafka/index.ts";

/** A record as a log shows it, whoever read it. */
export interface FoundRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

export interface ReceiptCheck {
  readonly stored: number;
  readonly failed: number;
  readonly unknown: number;
  /** Receipts that name a place where another record is, or none. */
  readonly wrong: string[];
  /** Records that are in the log although they were answered `failed`. */
  readonly resurrected: string[];
  /** Records that are in the log more than once. */
  readonly duplicated: string[];
  /** Records of unknown outcome that are in the log. */
  readonly unknownButStored: number;
}

/** Looks up every receipt in what the log really holds. Values must be unique. */
export function checkReceipts(
  records: readonly OutgoingRecord[],
  deliveries: readonly Delivery[],
  found: readonly FoundRecord[],
): ReceiptCheck {
  const byPlace = new Map(found.map(({ partition, offset, value }) => [`${partition}/${offset}`, value]));
  const times = new Map<string, number>();
  for (const { value } of found) times.set(value, (times.get(value) ?? 0) + 1);
  const outcome = { stored: 0, failed: 0, unknown: 0 };
  const wrong: string[] = [];
  const resurrected: string[] = [];
  let unknownButStored = 0;
  for (const [index, delivery] of deliveries.entries()) {
    const value = String(records[index]?.value);
    outcome[delivery.status]++;
    if (delivery.status === "stored") {
      const there = byPlace.get(`${delivery.partition}/${delivery.offset}`);
      if (there !== value) wrong.push(`${value} at ${delivery.partition}/${delivery.offset}, where ${there} is`);
    } else if (times.has(value)) {
      if (delivery.status === "failed") resurrected.push(value);
      else unknownButStored++;
    }
  }
  const duplicated = [...times].filter(([, count]) => count > 1).map(([value]) => value);
  return { ...outcome, wrong, resurrected, duplicated, unknownButStored };
}

/** Partitions in which records stand in another order than that in which they were sent. */
export function outOfOrder(records: readonly OutgoingRecord[], found: readonly FoundRecord[]): string[] {
  const sent = new Map(records.map(({ value }, index) => [String(value), index]));
  const problems: string[] = [];
  const last = new Map<number, number>();
  for (const { partition, offset, value } of found) {
    const index = sent.get(value) ?? -1;
    if (index < (last.get(partition) ?? -1)) problems.push(`${value} at ${partition}/${offset}`);
    last.set(partition, index);
  }
  return problems;
}
