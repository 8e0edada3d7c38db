import { afterAll, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../src/cli/write-whole.ts";

const dir = mkdtempSync(join(tmpdir(), "sluice-write-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a file is replaced, and nothing is left beside it", () => {
  const file = join(dir, "file");
  writeFileSync(file, "old");
  writeWhole(file, "new");
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(readdirSync(dir)).toEqual(["file"]);
});

test("who may read, write and run a file stays as it was", () => {
  const file = join(dir, "script");
  writeFileSync(file, "old");
  chmodSync(file, 0o750);
  writeWhole(file, "new");
  expect(lstatSync(file).mode & 0o777).toBe(0o750);
});

test("a link stays a link, and what it leads to is written", () => {
  symlinkSync("file", join(dir, "link"));
  writeWhole(join(dir, "link"), "through");
  expect(lstatSync(join(dir, "link")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(dir, "file"), "utf8")).toBe("through");
});

test("a pipe stays a pipe: whoever reads it gets the text", async () => {
  const pipe = join(dir, "pipe");
  expect(await Bun.spawn(["mkfifo", pipe]).exited).toBe(0);
  const reader = Bun.spawn(["cat", pipe], { stdout: "pipe" });
  writeWhole(pipe, "into the pipe");
  expect(await reader.stdout.text()).toBe("into the pipe");
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});
