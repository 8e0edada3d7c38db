import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  checkCompatibility,
  createCodec,
  createDecoder,
  parseSchema,
  parseSchemaText,
  type Schema,
  type TypescriptChange,
  typescriptChanges,
} from "../../../../src/avro/index.ts";
import { randomValue } from "../../witness/random-value.ts";
import { pairs } from "../pairs.ts";

/** Changes as somebody might make them, read backward: the writer's schema is the older, the reader's the newer. */
interface Change {
  readonly older: Schema;
  readonly newer: Schema;
  readonly found: readonly TypescriptChange[];
}

/** Generated changes that Avro lets through, as files have them and as a registry has. */
function* cleanChanges(count: number): Generator<Change> {
  for (const { reader, writer } of fc.sample(pairs({ broken: false }), count)) {
    for (const parse of [(text: string) => parseSchema(JSON.parse(text)), (text: string) => parseSchemaText(text)]) {
      const [older, newer] = [tried(() => parse(writer)), tried(() => parse(reader))];
      if (older === undefined || newer === undefined || checkCompatibility(newer, older).length > 0) continue;
      yield { older, newer, found: typescriptChanges(older, newer) };
    }
  }
}

test("what Avro calls compatible is read by our decoder, or TS_UNREADABLE says that it is not", () => {
  const wrong: unknown[] = [];
  let clean = 0;
  for (const { older, newer, found } of cleanChanges(3_000)) {
    clean++;
    const decode = tried(() => createDecoder(older, newer));
    const said = found.some(({ rule }) => rule === "TS_UNREADABLE");
    if ((decode === undefined) !== said) wrong.push({ older: older.json, newer: newer.json, found });
  }
  expect(clean).toBeGreaterThan(1_000);
  expect(wrong).toEqual([]);
});

test("where no rule has anything to say, a handler gets the values that it got before", () => {
  const wrong: unknown[] = [];
  let compared = 0;
  for (const { older, newer, found } of cleanChanges(3_000)) {
    if (found.length > 0) continue;
    const [before, after] = [createDecoder(older, older), createDecoder(older, newer)];
    for (const bytes of payloads(older)) {
      const [was, is] = [before(bytes), after(bytes)];
      compared++;
      if (!isWithin(was, is)) wrong.push({ older: older.json, newer: newer.json, was, is });
    }
  }
  expect(compared).toBeGreaterThan(500);
  expect(wrong).toEqual([]);
});

/** A few records of the schema, as bytes. */
function payloads(schema: Schema): Buffer[] {
  // A registry takes what has no value, or no value that a codec can be sure of.
  const codec = tried(() => createCodec(schema));
  const draw = {
    below: (limit: number) => fc.sample(fc.nat(Math.max(0, limit - 1)), 1)[0] ?? 0,
    once: (times: number) => fc.sample(fc.nat(times - 1), 1)[0] === 0,
    one: <T>(values: readonly [T, ...T[]]): T => values[0],
  };
  return [1, 2, 3].flatMap(() => {
    const json = randomValue(draw, schema.root);
    return json === undefined || codec === undefined ? [] : (tried(() => [codec.encode(json)]) ?? []);
  });
}

/** Whether all that was there is there still; fields may have come. */
function isWithin(was: unknown, is: unknown): boolean {
  if (Array.isArray(was)) {
    return Array.isArray(is) && was.length === is.length && was.every((item, index) => isWithin(item, is[index]));
  }
  if (typeof was !== "object" || was === null || Buffer.isBuffer(was) || was instanceof Date) {
    return Bun.deepEquals(was, is);
  }
  return (
    typeof is === "object" &&
    is !== null &&
    Object.entries(was).every(([key, value]) => Object.hasOwn(is, key) && isWithin(value, Reflect.get(is, key)))
  );
}

function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined; // What it was tried for is whether it works.
  }
}
