import { expect, test } from "bun:test";
import fc from "fast-check";
import { linesIn } from "../../../src/cli/compat/stream.ts";

async function lines(chunks: readonly string[], bytesMax = 1_000) {
  const found: (string | undefined)[] = [];
  const stream = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
  for await (const { text } of linesIn(stream(), bytesMax)) found.push(text);
  return found;
}

test("a line is one however the stream cuts it", async () => {
  const piece = fc.stringMatching(/^[a-c\n]{0,5}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async (chunks) => {
      const whole = chunks.join("").split("\n");
      if (whole.at(-1) === "") whole.pop();
      expect(await lines(chunks)).toEqual(whole);
    }),
  );
});

test("a line that is too long is left out, and the next one is whole", async () => {
  expect(await lines(["aaaa", "aaaa", "aa\nb", "bb\n", "ccccccccc"], 8)).toEqual([undefined, "bbb", undefined]);
});

test("a line that never ends is not kept", async () => {
  let asked = 0;
  const chunk = Buffer.alloc(1_000, "a");
  const endless = async function* () {
    for (; asked < 100_000; asked++) yield chunk;
  };
  const before = process.memoryUsage().rss;
  for await (const { text } of linesIn(endless(), 10_000)) expect(text).toBeUndefined();
  expect(asked).toBe(100_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});
