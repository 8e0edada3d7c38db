import type { LogSettings, PartitionLog, Table } from "./log/index.ts";
import { KafkaFault } from "./protocol/index.ts";

/** Stands in for what other rooms build. */
export const interimTable = (): Table => {
  const entries = new Map<string, unknown>();
  return {
    entries,
    change(changes) {
      for (const [key, value] of changes) value === undefined ? entries.delete(key) : entries.set(key, value);
    },
    close() {},
  };
};

export const interimSettings = (): LogSettings => ({
  segmentBytes: 1 << 30,
  segmentMs: 604_800_000,
  retentionBytes: -1,
  retentionMs: 604_800_000,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  compact: false,
  delete: true,
  minCleanableDirtyRatio: 0.5,
  deleteRetentionMs: 86_400_000,
  timestampType: "CreateTime",
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: 3_600_000,
});

export function interimLog(): PartitionLog {
  const batches: { base: bigint; last: bigint; bytes: Buffer }[] = [];
  const listeners = new Set<() => void>();
  let endOffset = 0n;
  return {
    startOffset: 0n,
    get endOffset() {
      return endOffset;
    },
    get stableOffset() {
      return endOffset;
    },
    bytes: 0,
    append(records, { leaderEpoch }) {
      const baseOffset = endOffset;
      for (let at = 0; at < records.length; ) {
        const size = 12 + records.readInt32BE(at + 8);
        const bytes = Buffer.from(records.subarray(at, at + size));
        bytes.writeBigInt64BE(endOffset, 0);
        bytes.writeInt32BE(leaderEpoch, 12);
        const last = endOffset + BigInt(bytes.readInt32BE(23));
        batches.push({ base: endOffset, last, bytes });
        endOffset = last + 1n;
        at += size;
      }
      for (const listener of listeners) listener();
      return { baseOffset, lastOffset: endOffset - 1n, logAppendTime: -1n, logStartOffset: 0n, duplicate: false };
    },
    appendMarker() {
      throw new KafkaFault("UNKNOWN_SERVER_ERROR");
    },
    read(offset, { maxBytes, atLeastOne }) {
      if (offset < 0n || offset > endOffset) throw new KafkaFault("OFFSET_OUT_OF_RANGE");
      const records: Buffer[] = [];
      let bytes = 0;
      for (const batch of batches) {
        if (batch.last < offset) continue;
        if (bytes + batch.bytes.length > maxBytes && !(atLeastOne && bytes === 0)) break;
        records.push(batch.bytes);
        bytes += batch.bytes.length;
      }
      return { records, bytes, aborted: [] };
    },
    offsetForTime: () => undefined,
    maxTimestamp: () => undefined,
    endOfEpoch: (epoch) => ({ epoch, endOffset }),
    epochAt: () => 0,
    deleteBefore: () => 0n,
    producers: () => [],
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beginEpoch() {},
    configure() {},
    clean() {},
    close() {},
  };
}
