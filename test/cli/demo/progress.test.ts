import { expect, test } from "bun:test";
import { createProgress } from "../../../src/cli/demo/progress.ts";
import { fakeIo } from "../../support/sluice.ts";

test("outside a terminal it is a plain line every other second, and the last state at the end", () => {
  const io = fakeIo();
  let now = 0;
  const progress = createProgress(io, 1_000, () => now);
  for (const done of [0, 250, 500, 750, 1_000]) {
    progress.show(done, "stored");
    now += 900;
  }
  progress.end();
  expect(io.printed.err).toBe("    0/1,000  stored\n  750/1,000  stored\n1,000/1,000  stored\n");
});

test("in a terminal it is one line that is drawn again", () => {
  const io = { ...fakeIo({ NO_COLOR: "1" }), terminal: { columns: 80 } };
  const progress = createProgress(io, 4, () => 0);
  progress.show(1, "stored 1");
  progress.end();
  expect(io.printed.err).toBe(`${"\r\u001b[2K████████░░░░░░░░░░░░░░░░░░░░░░ 1/4  stored 1".repeat(2)}\n`);
});

test("colours are left out where NO_COLOR asks for it, and only there", () => {
  const coloured = { ...fakeIo(), terminal: { columns: 80 } };
  createProgress(coloured, 4, () => 0).show(1, "");
  expect(coloured.printed.err).toContain("\u001b[36m");
});
