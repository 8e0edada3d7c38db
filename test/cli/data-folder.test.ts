import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertWritable } from "../../src/cli/data-folder.ts";
import { sluice } from "../support/sluice.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-data-"));
const file = join(folder, "file");
writeFileSync(file, "");
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(["broker", "registry"])("`sluice %s --data`", (command) => {
  test.each([
    [file, `--data ${file} cannot be written: it is a file; give another folder`],
    [join(file, "x"), `--data ${join(file, "x")} cannot be written: a part of it is a file; give another folder`],
    ["", "--data: expected the name of a folder, found nothing"],
  ])("%s is refused in a sentence", async (data, sentence) => {
    const { code, out, err } = await sluice([command, "--port", "0", "--data", data], { LOG_LEVEL: "silent" });
    expect({ code, out, err }).toEqual({ code: 1, out: "", err: `sluice: ${sentence}\n` });
  });
});

test("a folder that is not there is made, with those above it", () => {
  const data = join(folder, "a/b");
  assertWritable(data);
  expect(existsSync(data)).toBe(true);
});

// Whoever may do everything is refused nothing.
test.skipIf(isRoot())("a folder that may not be written is told", () => {
  const data = join(folder, "read-only");
  mkdirSync(data);
  chmodSync(data, 0o555);
  expect(() => assertWritable(data)).toThrow(
    `--data ${data} cannot be written: permission denied; give another folder`,
  );
});

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
