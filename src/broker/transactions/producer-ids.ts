import type { Table } from "../log/index.ts";

/** As many as Apache Kafka hands to a broker at a time. */
const BLOCK = 1000n;
const KEY = "next producer id";

/**
 * Gives out producer ids. The end of a block is stored before its first id is given out, so that none is given twice:
 * what is left of a block when the process ends is lost.
 */
export function producerIds(table: Table): () => bigint {
  let end = endStored(table);
  let next = end;
  return () => {
    if (next === end) {
      table.change([[KEY, String(end + BLOCK)]]);
      end += BLOCK;
    }
    const id = next;
    next += 1n;
    return id;
  };
}

function endStored(table: Table): bigint {
  const stored = table.entries.get(KEY);
  return typeof stored === "string" ? BigInt(stored) : 0n;
}
