import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles, openLog, openTable } from "../../../src/broker/log/index.ts";
import { recover } from "../../../src/broker/log/recover.ts";
import { Random } from "../../support/random.ts";
import { isCommitted, isTransaction, KILLED_SETTINGS, lastNumber, valuesOf } from "./support/appending.ts";
import { assertSoundState } from "./support/assert-sound.ts";
import { committedRecords, readAll } from "./support/write.ts";

/**
 * A broker that is killed has told clients that their records are stored, and they have forgotten them. If one of those
 * is missing afterwards nobody will ever know; if one is there twice, an order is shipped twice. So a process is killed
 * in the middle of appending, over and over, and what it acknowledged is compared with what is there.
 */
const ROUNDS = Number(process.env.TEST_KILL_ROUNDS ?? 10);
const SEED = Number(process.env.TEST_SEED ?? Date.now() % 100_000);

const folder = mkdtempSync(join(tmpdir(), "sluice-killed-"));
afterAll(() => rmSync(folder, { recursive: true }));

test(`everything acknowledged is there once after each of ${ROUNDS} kills (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const acknowledged = await appendUntilKilled(count + Math.floor(random.between(1, 400)));
    count = compare(acknowledged, `seed ${SEED}, round ${round}`);
  }
}, 300_000);

/** Gives the highest number that was acknowledged. The kill comes some time after `killAt` was, while more is written. */
async function appendUntilKilled(killAt: number): Promise<number> {
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, "support/appending.ts"), folder], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of writer.stdout) {
    text = text.slice(text.lastIndexOf("\n", text.length - 2) + 1) + decoder.decode(chunk, { stream: true });
    if (lastOf(text) >= killAt) writer.kill("SIGKILL");
  }
  expect(await writer.exited).not.toBe(0);
  expect(writer.signalCode).toBe("SIGKILL");
  return lastOf(text);
}

/** The number on the last whole line. */
function lastOf(text: string): number {
  const lines = text.split("\n");
  return Number(lines.at(-2) ?? -1);
}

/** Holds what is stored against what was acknowledged, and gives how many batches there are. */
function compare(acknowledged: number, when: string): number {
  const files = diskFiles(folder);
  try {
    const log = openLog(files, "t", KILLED_SETTINGS);
    const count = lastNumber(log) + 1;
    // The process may have been killed between storing and telling, but not the other way round.
    expect([when, count > acknowledged]).toEqual([when, true]);
    const numbers = Array.from({ length: count }, (_, number) => number);
    expect(textsOf(readAll(log, "read_uncommitted", 1 << 20))).toEqual(numbers.flatMap(valuesOf));
    const isOpen = log.stableOffset < log.endOffset;
    const visible = numbers.filter((number) => !isTransaction(number) || isCommitted(number));
    expect(committedRecords(log, 1 << 20).map(({ value }) => String(value))).toEqual(
      visible.filter((number) => !(isOpen && number === count - 1)).flatMap(valuesOf),
    );
    assertSoundState(recover(files, "t", { intervalBytes: 2048, now: 0 }));

    const { entries } = openTable(files, "table");
    const next = Number(entries.get("next"));
    expect([count - 1, count]).toContain(next);
    expect(next).toBeGreaterThan(acknowledged);
    expect(entries.get(`key ${(next - 1) % 100}`)).toBe(next - 1);
    return count;
  } finally {
    files.close();
  }
}

const textsOf = (batches: ReturnType<typeof readAll>): string[] =>
  batches.flatMap(({ control, records }) => (control ? [] : records.map(({ value }) => String(value))));
