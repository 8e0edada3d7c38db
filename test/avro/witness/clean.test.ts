import { expect, test } from "bun:test";
import type { Type } from "avsc";
import fc from "fast-check";
import {
  createCodec,
  createDecoder,
  DecodeError,
  type Decoder,
  strictProblems,
  Unreadable,
} from "../../../src/avro/index.ts";
import { avscType, generated, type Judged, judged, recorded } from "./judged.ts";
import { randomValue } from "./random-value.ts";

/**
 * The other half of a verdict: what is called compatible is let through, and must never fail a worker. Whatever can be
 * written with the one schema is read with the other, by our decoder and by avsc, and where not we know why.
 */
const clean = judged([...(await recorded()), ...generated(3_000)])
  .filter(({ found }) => found.length === 0)
  // A default that is none passes the check, and a registry refuses it.
  .filter(({ texts }) => strictProblems(texts.reader).length === 0);

/** What Avro's rules do not see: `typescriptChanges` reports it. */
const LOGICAL = /decimal|date|time|uuid|duration|beyond/;

test(`what the writers of ${clean.length} clean pairs write is read, but where a logical type forbids it`, () => {
  const wrong: unknown[] = [];
  let read = 0;
  let refused = 0;
  for (const pair of clean) {
    const decode = decoderOf(pair);
    if (typeof decode !== "function") {
      refused++;
      if (!isKnown(pair, decode)) wrong.push({ ...pair.texts, reasons: decode.reasons });
      continue;
    }
    for (const { json, bytes } of samples(pair)) {
      const error = errorOf(() => decode(bytes));
      if (error === undefined) read++;
      else if (!LOGICAL.test(error.message)) wrong.push({ ...pair.texts, json, error });
    }
  }
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(clean.length);
  expect(refused).toBeLessThan(clean.length / 20);
});

test("avsc reads it too, where it can parse and resolve the schemas", () => {
  const wrong: unknown[] = [];
  let unparsed = 0;
  let unresolved = 0;
  for (const pair of clean) {
    const [reader, writer] = [avscType(pair.texts.reader), avscType(pair.texts.writer)];
    if (reader === undefined || writer === undefined) {
      unparsed++;
      continue;
    }
    const resolver = errorOf(() => reader.createResolver(writer));
    if (resolver !== undefined) {
      unresolved++;
      // It compares full names, where Avro compares simple ones.
      if (!/no alias found|cannot read/.test(resolver.message)) wrong.push({ ...pair.texts, error: resolver.message });
    } else wrong.push(...failuresOfAvsc(reader, writer, pair));
  }
  expect(wrong).toEqual([]);
  expect(unparsed).toBeLessThan(clean.length / 8);
  expect(unresolved).toBeLessThan(clean.length / 8);
});

function failuresOfAvsc(reader: Type, writer: Type, pair: Judged): readonly unknown[] {
  const resolver = reader.createResolver(writer);
  return samples(pair).flatMap(({ json, bytes }) => {
    const error = errorOf(() => reader.fromBuffer(bytes, resolver));
    return error === undefined ? [] : { ...pair.texts, json, error: error.message };
  });
}

/** Our decoder also asks for what no rule of Avro's does: logical types that fit, and defaults that are values. */
function isKnown({ reader }: Judged, { reasons }: Unreadable): boolean {
  const isLogical = reasons.every((reason) => LOGICAL.test(reason) || /(string|bytes) is no branch/.test(reason));
  // Avro Java takes any text for the default of an enum or a fixed, until somebody needs it.
  const isDefault = reasons.some((reason) => reason.includes("the reader has no default for it"));
  return isLogical || (isDefault && JSON.stringify(reader.json).includes('"default"'));
}

function decoderOf({ reader, writer }: Judged): Decoder | Unreadable {
  try {
    return createDecoder(writer, reader);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** A few random records of the writer's; none where none ends. */
function samples({ writer }: Judged): readonly { readonly json: unknown; readonly bytes: Buffer }[] {
  const codec = createCodec(writer);
  return fc
    .sample(values(writer), 3)
    .flatMap((json) => (json === undefined ? [] : { json, bytes: codec.encode(json) }));
}

const values = (writer: Judged["writer"]): fc.Arbitrary<unknown> =>
  fc.gen().map((g) => {
    const below = (limit: number) => g(fc.nat, Math.max(0, limit - 1));
    const draw = {
      below,
      once: (times: number) => below(times) === 0,
      one: <T>(of: readonly [T, ...T[]]) => of[below(of.length)] ?? of[0],
    };
    return randomValue(draw, writer.root);
  });

function errorOf(action: () => unknown): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof Error) return error;
    throw error;
  }
}
