import { describe, expect, test } from "bun:test";
import { type LogSettings, memoryFiles, openLog } from "../../../src/broker/log/index.ts";
import type { Loss } from "../../../src/broker/log/recover.ts";
import { batchOf } from "../../support/broker/batch.ts";
import { assertSound, rescanned } from "./support/assert-sound.ts";
import { settingsOf } from "./support/settings.ts";
import { end, NOW, readAll, valuesOf, write } from "./support/write.ts";

const SMALL = settingsOf({ segmentBytes: 1000, indexIntervalBytes: 150 });
const reopened = (files: ReturnType<typeof memoryFiles>, settings: LogSettings = SMALL) =>
  openLog(files.copy(), "t", settings, { now: NOW });

/** A log with everything in it: several segments, producers, transactions that ended and one that did not, epochs. */
function busyLog(files = memoryFiles()) {
  const log = openLog(files, "t", SMALL, { now: NOW });
  for (let at = 0; at < 20; at++) {
    write(log, [`a${at}`], { producerId: 1n, baseSequence: at }, at < 10 ? 1 : 2);
    write(log, [`b${at}`], { producerId: BigInt(100 + at), transactional: true }, 2);
    if (at < 19) end(log, BigInt(100 + at), at % 2 === 0);
  }
  return { files, log };
}

describe("a log that was not closed", () => {
  test("has everything that was acknowledged, and knows what it knew", () => {
    const { files, log } = busyLog();
    const again = reopened(files);
    expect([again.startOffset, again.endOffset, again.stableOffset]).toEqual([0n, log.endOffset, log.stableOffset]);
    expect(valuesOf(readAll(again))).toEqual(valuesOf(readAll(log)));
    expect(again.producers(NOW)).toEqual(log.producers(NOW));
    expect(again.maxTimestamp()).toEqual(log.maxTimestamp());
    expect([0, 1, 2, 3].map((epoch) => again.endOfEpoch(epoch))).toEqual(
      [0, 1, 2, 3].map((epoch) => log.endOfEpoch(epoch)),
    );
    const committed = { maxBytes: 1e6, atLeastOne: true, isolation: "read_committed" } as const;
    for (let offset = 0n; offset < log.stableOffset; offset++) {
      expect(again.read(offset, committed).aborted).toEqual(log.read(offset, committed).aborted);
    }
    assertSound(files, "t");
  });

  test("goes on where it was, and still tells what comes again", () => {
    const { files, log } = busyLog();
    const again = reopened(files);
    expect(write(again, ["a19"], { producerId: 1n, baseSequence: 19 }).duplicate).toBe(true);
    expect(() => write(again, ["gap"], { producerId: 1n, baseSequence: 21 })).toThrow("Out of order");
    expect(write(again, ["a20"], { producerId: 1n, baseSequence: 20 }).baseOffset).toBe(log.endOffset);
    end(again, 119n, true);
    expect(again.stableOffset).toBe(again.endOffset);
  });

  test("is the same without its checkpoint, and with one that is spoilt", () => {
    const { files, log } = busyLog();
    const spoilt = files.copy();
    const checkpoint = Buffer.from(spoilt.open("t/checkpoint").read(0, 1e6));
    checkpoint.writeUInt8(checkpoint.readUInt8(20) ^ 1, 20);
    spoilt.remove("t/checkpoint");
    spoilt.open("t/checkpoint").append([checkpoint]);
    for (const state of [rescanned(files, "t"), rescanned(spoilt, "t")]) {
      expect([state.endOffset, state.stableOffset]).toEqual([log.endOffset, log.stableOffset]);
      expect(state.producers.active(NOW)).toEqual([...log.producers(NOW)]);
    }
    expect(valuesOf(readAll(reopened(spoilt)))).toEqual(valuesOf(readAll(log)));
  });

  test("makes its indexes again where they are gone or wrong", () => {
    const { files, log } = busyLog();
    log.close();
    for (const name of files.list("t").filter((one) => one.endsWith("index"))) {
      if (name.endsWith(".txnindex")) continue;
      const missing = files.copy();
      missing.remove(`t/${name}`);
      const short = files.copy();
      short.open(`t/${name}`).truncate(5);
      for (const harmed of [missing, short]) {
        assertSound(harmed, "t");
        expect(valuesOf(readAll(reopened(harmed)))).toEqual(valuesOf(readAll(log)));
      }
    }
  });

  test("has lost nothing where the index files have more than the checkpoint says", () => {
    const { files, log } = busyLog();
    const active = files.list("t").findLast((name) => name.endsWith(".log")) ?? "";
    for (const ending of ["index", "timeindex", "txnindex"]) {
      files.open(`t/${active.replace("log", ending)}`).append([Buffer.alloc(24, 7)]);
    }
    const again = openLog(files, "t", SMALL, { now: NOW });
    for (let at = 0; at < 20; at++) write(again, [`more ${at}`]);
    again.close();
    for (const { name, index } of assertSound(files, "t").segments) {
      if (index.count === 0) continue;
      expect(files.open(`${name}.index`).size).toBe(index.count * 8);
      expect(files.open(`${name}.timeindex`).size).toBe(index.count * 12);
    }
    expect(again.endOffset).toBe(log.endOffset + 20n);
  });

  test("names no aborted transaction that came after the checkpoint and was then lost", () => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf(), { now: NOW });
    write(log, ["a"], { producerId: 1n, transactional: true });
    end(log, 1n, false);
    log.close();
    const index = files.open("t/00000000000000000000.txnindex");
    const lost = Buffer.from(index.read(0, 24));
    lost.writeBigInt64BE(2n, 0);
    index.append([lost]);
    const again = openLog(files, "t", settingsOf(), { now: NOW });
    write(again, ["b"], { producerId: 3n, transactional: true });
    end(again, 3n, false);
    again.close();
    const committed = { maxBytes: 1e6, atLeastOne: true, isolation: "read_committed" } as const;
    const { aborted } = openLog(files, "t", settingsOf(), { now: NOW }).read(0n, committed);
    expect(aborted.map(({ producerId }) => producerId)).toEqual([1n, 3n]);
  });
});

/**
 * A process that is killed while it writes leaves the first part of a batch. Whatever that part is, the log must end
 * where the last whole batch does: one byte more, and the next append would be behind garbage that hides it for ever.
 */
describe("a torn tail", () => {
  test("is cut at the last good batch, wherever it was torn", () => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf(), { now: NOW });
    write(log, ["first"]);
    const whole = log.bytes;
    write(log, ["second", "batch"], { producerId: 1n });
    for (let size = whole; size < log.bytes; size++) {
      const torn = files.copy();
      torn.open(LOG).truncate(size);
      const again = openLog(torn, "t", settingsOf(), { now: NOW });
      expect([again.endOffset, again.bytes]).toEqual([1n, whole]);
      expect(again.producers(NOW)).toEqual([]);
      expect(write(again, ["second", "again"], { producerId: 1n }).baseOffset).toBe(1n);
      expect(valuesOf(readAll(reopened(torn, settingsOf())))).toEqual(["0:first", "1:second", "2:again"]);
    }
  });

  test.each([
    ["zeros", Buffer.alloc(200)],
    ["ones", Buffer.alloc(200, 0xff)],
    ["text", Buffer.alloc(200, "not a batch ")],
    ["a batch of an offset that was", batchOf({ records: [{ value: "old" }] })],
    ["a batch with a flipped bit", flipped(numbered(batchOf({ records: [{ value: "bad" }] })))],
    [
      "a bad batch and a good one behind it",
      Buffer.concat([flipped(numbered(batchOf({ records: [{}] }))), numbered(batchOf({ records: [{}] }), 3n)]),
    ],
  ])("of %s is cut off", (_, garbage) => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf(), { now: NOW });
    write(log, ["a", "b"]);
    files.open(LOG).append([garbage]);
    const again = reopened(files, settingsOf());
    expect(valuesOf(readAll(again))).toEqual(["0:a", "1:b"]);
    expect(again.bytes).toBe(log.bytes - garbage.length);
  });

  test("that a checkpoint vouched for makes it go through everything", () => {
    const { files, log } = busyLog();
    log.close();
    const active = files.list("t").findLast((name) => name.endsWith(".log"));
    const torn = files.open(`t/${active}`);
    torn.truncate(torn.size - 1);
    const again = reopened(files);
    expect(again.endOffset).toBe(log.endOffset - 1n);
    assertSound(files, "t");
  });

  test("in the middle of the log ends it there", () => {
    const { files, log } = busyLog();
    files.remove("t/checkpoint");
    const [, second] = files.list("t").filter((name) => name.endsWith(".log"));
    files.open(`t/${second}`).truncate(100);
    const again = openLog(files, "t", SMALL, { now: NOW });
    expect(again.endOffset).toBeLessThan(log.endOffset);
    expect(files.list("t").filter((name) => name.endsWith(".log"))).toHaveLength(2);
    const { endOffset } = again;
    expect(write(again, ["next"]).baseOffset).toBe(endOffset);
    assertSound(files, "t");
  });
});

describe("a disk that refuses", () => {
  test("leaves the log as it was, and the append can be tried again", () => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf(), { now: NOW });
    for (let sequence = 0; sequence < 10; sequence++) {
      const more = { producerId: 1n, baseSequence: sequence, transactional: true };
      const { endOffset } = log;
      files.failNextWrite();
      expect(() => write(log, [`v${sequence}`], more)).toThrow("refuses to write");
      expect(log.endOffset).toBe(endOffset);
      expect(write(log, [`v${sequence}`], more)).toMatchObject({ baseOffset: endOffset, duplicate: false });
    }
    files.failNextWrite();
    expect(() => end(log, 1n, true)).toThrow("refuses to write");
    expect(log.stableOffset).toBe(0n);
    end(log, 1n, true);
    expect(log.stableOffset).toBe(11n);
    assertSound(files, "t");
    expect(valuesOf(readAll(reopened(files)))).toHaveLength(10);
  });

  test("loses nothing where a checkpoint cannot be written", () => {
    const files = memoryFiles();
    const log = openLog(files, "t", settingsOf({ segmentBytes: 200 }), { now: NOW });
    write(log, ["x".repeat(100)]);
    for (let sequence = 0; sequence < 30; sequence++) {
      // Every append begins a segment, and the checkpoint of that is the next write.
      files.failNextWrite();
      write(log, ["x".repeat(100)], { producerId: 1n, baseSequence: sequence });
    }
    expect(reopened(files).endOffset).toBe(31n);
    expect(reopened(files).producers(NOW)).toEqual(log.producers(NOW));
    assertSound(files, "t");
  });

  test("is answered with KAFKA_STORAGE_ERROR when memory is full, and deleting makes room", () => {
    const files = memoryFiles({ bytesMax: 20_000 });
    const log = openLog(files, "t", SMALL, { now: NOW });
    const fill = () => {
      for (let at = 0; at < 1000; at++) write(log, ["x".repeat(100)]);
    };
    expect(fill).toThrow(expect.objectContaining({ kind: "KAFKA_STORAGE_ERROR" }));
    const { endOffset } = log;
    expect(log.deleteBefore(endOffset - 10n)).toBe(endOffset - 10n);
    expect(write(log, ["again"]).baseOffset).toBe(endOffset);
    expect(reopened(files).startOffset).toBe(endOffset - 10n);
  });
});

const LOG = "t/00000000000000000000.log";

/** A batch as the log would have stamped it. */
function numbered(batch: Buffer, offset = 2n): Buffer {
  batch.writeBigInt64BE(offset, 0);
  return batch;
}

function flipped(batch: Buffer): Buffer {
  batch.writeUInt8(batch.readUInt8(batch.length - 1) ^ 1, batch.length - 1);
  return batch;
}

describe("a log that was damaged while nobody looked", () => {
  const lossesOf = (files: ReturnType<typeof memoryFiles>): Loss[] => {
    const losses: Loss[] = [];
    openLog(files, "t", SMALL, { now: NOW, onLoss: (loss) => losses.push(loss) });
    return losses;
  };
  const segments = (files: ReturnType<typeof memoryFiles>) => files.list("t").filter((name) => name.endsWith(".log"));

  test("says which records are lost with what followed the damage", () => {
    const { files } = busyLog();
    const spoilt = files.copy();
    spoilt.remove("t/checkpoint");
    const removed = segments(spoilt)
      .slice(2)
      .reduce((sum, name) => sum + spoilt.open(`t/${name}`).size, 0);
    const second = spoilt.open(`t/${segments(spoilt)[1]}`);
    second.truncate(second.size - 1);
    const [loss, ...more] = lossesOf(spoilt);
    expect(more).toEqual([]);
    expect(loss?.removedBytes).toBe(removed);
  });

  test("says so where it is shorter than was known", () => {
    const { files, log } = busyLog();
    log.close();
    const cut = files.copy();
    const last = segments(cut).at(-1);
    cut.open(`t/${last}`).truncate(0);
    const [loss] = lossesOf(cut);
    expect(loss?.endOffset).toBeLessThan(log.endOffset);
  });

  test("says nothing where only the end of the last write is torn", () => {
    const { files } = busyLog();
    const torn = files.copy();
    const last = torn.open(`t/${segments(torn).at(-1)}`);
    last.append([Buffer.from("torn")]);
    expect(lossesOf(torn)).toEqual([]);
  });
});
