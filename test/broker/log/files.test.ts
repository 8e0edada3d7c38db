import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskFiles, type Files, memoryFiles } from "../../../src/broker/log/index.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "sluice-files-"));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

const bytes = (text: string): Buffer => Buffer.from(text);
const textOf = (files: Files, path: string): string => files.open(path).read(0, 1e6).toString();

describe.each([
  ["memory", () => memoryFiles()],
  ["a disk", () => diskFiles(folder())],
] as const)("files in %s", (_, open) => {
  test("what is appended is read from where it was put", () => {
    const file = open().open("a/b/file");
    expect(file.append([bytes("one"), bytes("two")])).toBe(0);
    expect(file.append([bytes("three")])).toBe(6);
    expect(file.size).toBe(11);
    expect(file.read(3, 5).toString()).toBe("twoth");
    expect(file.read(9, 100).toString()).toBe("ee");
    expect(file.read(11, 5)).toHaveLength(0);
    expect(file.append([])).toBe(11);
  });

  test("a view gives the same bytes, and never splits what was appended in one call", () => {
    const file = open().open("file");
    const sizes: number[] = Array.from({ length: 300 }, (_, at) => 1 + ((at * 7919) % 3000));
    for (const size of sizes) file.append([Buffer.alloc(size, size)]);
    const pieces = file.view(0, file.size);
    const ends = new Set<number>();
    for (const size of sizes) ends.add(size + Math.max(0, ...ends));
    let end = 0;
    for (const piece of pieces) {
      end += piece.length;
      expect(ends.has(end)).toBe(true);
    }
    expect(Buffer.concat(pieces).equals(file.read(0, file.size))).toBe(true);
    expect(Buffer.concat(file.view(1234, 54_321)).equals(file.read(1234, 54_321))).toBe(true);
  });

  test("what is cut off is gone, and what follows takes its place", () => {
    const file = open().open("file");
    file.append([bytes("abcdef")]);
    const seen = file.read(0, 6);
    file.truncate(3);
    file.append([bytes("XY")]);
    expect(file.read(0, 10).toString()).toBe("abcXY");
    expect(seen.toString()).toBe("abcdef");
    file.truncate(100);
    expect(file.size).toBe(5);
  });

  test("a folder lists its names in order, once each", () => {
    const files = open();
    for (const path of ["t/b", "t/a", "t/c/1", "t/c/2", "u/d"]) files.open(path).append([bytes("x")]);
    expect(files.list("t")).toEqual(["a", "b", "c"]);
    expect(files.list("")).toEqual(["t", "u"]);
    expect(files.list("missing")).toEqual([]);
    expect([files.exists("t/a"), files.exists("t/c"), files.exists("t/d")]).toEqual([true, true, false]);
  });

  test("a rename replaces what was there, and the open file moves along", () => {
    const files = open();
    const file = files.open("new");
    file.append([bytes("new")]);
    files.open("old").append([bytes("old")]);
    files.rename("new", "old");
    file.append([bytes("er")]);
    expect(textOf(files, "old")).toBe("newer");
    expect(files.exists("new")).toBe(false);
  });

  test("what is removed is gone with everything in it, and is not made again by who has it open", () => {
    const files = open();
    const file = files.open("t/a");
    file.append([bytes("x")]);
    files.open("t/b/c").append([bytes("y")]);
    files.open("tt").append([bytes("z")]);
    files.remove("t");
    files.remove("missing");
    expect(files.list("")).toEqual(["tt"]);
    expect(() => file.append([bytes("x")])).toThrow("removed");
    expect(files.exists("t/a")).toBe(false);
    expect(files.bytes).toBeGreaterThan(0);
    files.remove("tt");
    expect(files.bytes).toBe(0);
  });

  test("an open file is written after it was closed", () => {
    const files = open();
    const file = files.open("file");
    file.append([bytes("a")]);
    file.close();
    expect(textOf(files, "file")).toBe("a");
  });
});

describe("files in memory", () => {
  test("more than they may take is refused, and what is removed is given back", () => {
    const files = memoryFiles({ bytesMax: 10_000 });
    const file = files.open("a");
    file.append([Buffer.alloc(6000)]);
    expect(() => file.append([Buffer.alloc(6000)])).toThrow("memory is full");
    expect(file.size).toBe(6000);
    files.remove("a");
    expect(files.bytes).toBe(0);
    files.open("b").append([Buffer.alloc(6000)]);
  });

  test("they take little more than what they hold", () => {
    const files = memoryFiles();
    for (let at = 0; at < 1000; at++) files.open(`${at}`).append([Buffer.alloc(10)]);
    expect(files.bytes).toBeLessThan(1000 * 1024);
    const file = files.open("large");
    for (let at = 0; at < 2000; at++) file.append([Buffer.alloc(5000)]);
    expect(files.bytes - 1000 * 1024).toBeLessThan(file.size * 1.3);
  });

  test("an append and a sync fail once where a test asks for it", () => {
    const files = memoryFiles();
    const file = files.open("a");
    files.failNextWrite();
    expect(() => file.append([bytes("x")])).toThrow("refuses to write");
    files.failNextSync();
    expect(() => file.sync()).toThrow("refuses to sync");
    file.append([bytes("y")]);
    file.sync();
    expect(textOf(files, "a")).toBe("y");
  });

  test("a copy is not touched by what happens to the original", () => {
    const files = memoryFiles();
    files.open("a").append([bytes("x")]);
    const copy = files.copy();
    files.open("a").append([bytes("y")]);
    expect(textOf(copy, "a")).toBe("x");
  });
});

describe("files on a disk", () => {
  test("are there for the next to open", () => {
    const path = folder();
    const files = diskFiles(path);
    files.open("a/b").append([bytes("x")]);
    files.close();
    expect(textOf(diskFiles(path), "a/b")).toBe("x");
  });

  test("belong to one broker at a time", () => {
    const path = folder();
    const files = diskFiles(path);
    expect(() => diskFiles(path)).toThrow(`${path} is in use by another broker`);
    files.close();
    files.close();
    diskFiles(path).close();
  });

  test("belong to one process at a time, until that ends", async () => {
    const path = folder();
    const holder = Bun.spawn([process.execPath, join(import.meta.dir, "support/holder.ts"), path], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    for await (const _ of holder.stdout) break;
    expect(() => diskFiles(path)).toThrow("in use by another broker");
    holder.kill("SIGKILL");
    await holder.exited;
    diskFiles(path).close();
  });

  test("of which many are in use have few descriptors", () => {
    const files = diskFiles(folder(), { openMax: 8 });
    const before = readdirSync("/proc/self/fd").length;
    const all = Array.from({ length: 50 }, (_, at) => files.open(`f${at}`));
    for (let round = 0; round < 3; round++) for (const file of all) file.append([bytes("x")]);
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 8);
    expect(all.map(({ size }) => size)).toEqual(all.map(() => 3));
    expect(all.map((file) => file.read(0, 10).toString())).toEqual(all.map(() => "xxx"));
  });
});
