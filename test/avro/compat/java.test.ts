import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { ask, JARS } from "../oracle/ask.ts";
import { type Answer, differences } from "./against-java.ts";
import { pairs, type Texts } from "./pairs.ts";

/**
 * A registry's verdict is Apache Avro's: clients, tools and other registries all ask its Java library. What differs from
 * it lets a change through that others refuse, or the other way round, and is found in production.
 *
 * Among the recorded pairs are all 139 that Avro's own tests give to SchemaCompatibility, and 56 more that its tests of
 * schema evolution and validation read with each other.
 */
const recorded = (await Bun.file(join(import.meta.dir, "recorded.jsonl")).text())
  .trimEnd()
  .split("\n")
  .map((line): Texts & { answer: Answer } => JSON.parse(line));

test(`${recorded.length} recorded pairs of schemas are judged as Apache Avro 1.12.2 judged them`, () => {
  const wrong = recorded.flatMap(({ answer, ...texts }) => differences(texts, answer));
  expect(wrong).toEqual([]);
});

const PAIRS = Number(process.env.TEST_AVRO_PAIRS ?? 100_000);

describe.skipIf(JARS === undefined)("beside Apache Avro itself", () => {
  const batches = Array.from({ length: Math.ceil(PAIRS / 10_000) }, (_, index) => index);
  let compared = 0;

  test.each(batches)(
    "batch %d of generated pairs is judged as it judges them",
    async (batch) => {
      const settings = { numRuns: Math.min(10_000, PAIRS - batch * 10_000) };
      const texts = fc.sample(pairs({ broken: batch % 3 === 2 }), settings);
      const answers = await ask(texts);
      for (const [index, pair] of texts.entries()) {
        const answer = answers[index];
        if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(pair)}`);
        expect({ pair, wrong: differences(pair, answer) }).toEqual({ pair, wrong: [] });
        if (answer.reader.text !== undefined && answer.writer.text !== undefined) compared++;
      }
    },
    120_000,
  );

  afterAll(() => {
    expect(compared).toBeGreaterThan(PAIRS / 2);
  });
});
