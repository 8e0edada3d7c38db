import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles, type Files, type LogSettings, memoryFiles, openLog } from "../../src/broker/log/index.ts";
import { BASE_OFFSET, COUNT, LENGTH } from "../../src/records/index.ts";
import { settingsOf } from "../broker/log/support/settings.ts";
import { batchOf } from "../support/broker/batch.ts";

/**
 * What the log of a partition does in a second, in memory and on a disk: appends of several sizes, reads from the start,
 * reads at the tail, and a start with a gigabyte in it that was not closed. `bun test/bench/log.ts`
 */
const GB = 1024 ** 3;
const APPEND_BYTES = 192 * 1024 * 1024;
/** So that the start finds something that no checkpoint vouches for. */
const CUT_BYTES = 12 * 1024 * 1024;

interface Shape {
  readonly name: string;
  readonly records: number;
  readonly valueBytes: number;
}

const SHAPES: readonly Shape[] = [
  { name: "1 record of 100 bytes", records: 1, valueBytes: 100 },
  { name: "100 records of 100 bytes", records: 100, valueBytes: 100 },
  { name: "1,000 records of 100 bytes", records: 1000, valueBytes: 100 },
  { name: "16 records of 1,000 bytes", records: 16, valueBytes: 1000 },
  { name: "1,000 records of 1,000 bytes", records: 1000, valueBytes: 1000 },
];

function main(): void {
  for (const kind of ["memory", "disk"] as const) {
    for (const shape of SHAPES) withFiles(kind, (files) => appends(kind, files, shape));
    withFiles(kind, (files) => reads(kind, files));
  }
  withFiles("disk", (files, folder) => starts(files, folder));
}

function withFiles(kind: "memory" | "disk", body: (files: Files, folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const files = kind === "memory" ? memoryFiles() : diskFiles(folder);
  try {
    body(files, folder);
  } finally {
    files.close();
    rmSync(folder, { recursive: true });
    Bun.gc(true);
  }
}

function appends(kind: string, files: Files, { name, records, valueBytes }: Shape): void {
  const log = openLog(files, "t-0", SETTINGS);
  const batch = batchOfValues(records, valueBytes);
  const count = Math.min(Math.floor(APPEND_BYTES / batch.length), 200_000);
  const seconds = timed(() => {
    for (let at = 0; at < count; at++) append(log, batch);
  });
  const bytes = count * batch.length;
  print(`append, ${kind}, ${name}`, `${rate(bytes, seconds)}, ${perSecond(count, seconds)} batches/s`);
}

function reads(kind: string, files: Files): void {
  const log = openLog(files, "t-0", SETTINGS);
  const batch = batchOfValues(16, 1000);
  while (log.bytes < APPEND_BYTES) append(log, batch);
  let fetches = 0;
  const seconds = timed(() => {
    for (let offset = 0n; offset < log.endOffset; fetches++) {
      const { records } = log.read(offset, { maxBytes: 1024 * 1024, atLeastOne: true, isolation: "read_committed" });
      const last = records.at(-1);
      if (last === undefined) break;
      offset += BigInt(countIn(records));
    }
  });
  print(`read from the start, ${kind}`, `${rate(log.bytes, seconds)}, ${perSecond(fetches, seconds)} reads/s`);
  const tail = timed(() => {
    for (let at = 0; at < 20_000; at++) {
      const offset = log.endOffset;
      append(log, batch);
      log.read(offset, { maxBytes: 1024 * 1024, atLeastOne: true, isolation: "read_uncommitted" });
    }
  });
  print(`append and read at the tail, ${kind}`, `${perSecond(20_000, tail)} of both/s`);
}

function starts(files: Files, folder: string): void {
  const log = openLog(files, "t-0", SETTINGS);
  const batch = batchOfValues(16, 1000);
  while (log.bytes < GB + CUT_BYTES) append(log, batch);
  files.close();
  const again = diskFiles(folder);
  const seconds = timed(() => openLog(again, "t-0", SETTINGS));
  print("start with 1 GB that was not closed", `${(seconds * 1000).toFixed(0)} ms`);
  again.remove("t-0/checkpoint");
  const whole = timed(() => openLog(again, "t-0", SETTINGS));
  print("the same without its checkpoint", `${(whole * 1000).toFixed(0)} ms`);
  again.close();
}

const SETTINGS: LogSettings = settingsOf({ retentionMs: -1, maxMessageBytes: 10_000_000 });

function batchOfValues(records: number, valueBytes: number): Buffer {
  const value = Buffer.alloc(valueBytes, "value");
  return batchOf({ records: Array.from({ length: records }, () => ({ key: "some-key", value })) });
}

/** The log stamps the bytes; a client's always begin at offset 0. */
function append(log: ReturnType<typeof openLog>, batch: Buffer): void {
  batch.writeBigInt64BE(0n, BASE_OFFSET);
  log.append(batch, { leaderEpoch: 0, now: Date.now() });
}

function countIn(pieces: readonly Buffer[]): number {
  let count = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += 12 + piece.readInt32BE(at + LENGTH)) {
      count += piece.readInt32BE(at + COUNT);
    }
  }
  return count;
}

function timed(body: () => unknown): number {
  const began = performance.now();
  body();
  return (performance.now() - began) / 1000;
}

const rate = (bytes: number, seconds: number): string => `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
const perSecond = (count: number, seconds: number): string => Math.round(count / seconds).toLocaleString("en");

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(48)} ${figure}\n`);
}

main();
