import { expect, test } from "bun:test";
import { createDecoderCache, parseSchema, Unreadable } from "../../src/avro/index.ts";

const writer = parseSchema({ type: "record", name: "R", fields: [{ name: "a", type: "int" }] });
const reader = parseSchema({ type: "record", name: "R", fields: [{ name: "b", type: "int", default: 7 }] });

test("a decoder is compiled once for a writer's id and a reader", () => {
  const cache = createDecoderCache();
  const decode = cache.get(1, writer, reader);
  expect(decode(Buffer.of(2))).toEqual({ b: 7 });
  expect(cache.get(1, writer, parseSchema(reader.json))).toBe(decode);
  expect(cache.get(2, writer, reader)).not.toBe(decode);
  expect(cache.get(1, writer, writer)).not.toBe(decode);
});

test("that a reader cannot read a writer is remembered as well", () => {
  const cache = createDecoderCache();
  const asked = () => cache.get(1, writer, parseSchema("int"));
  expect(asked).toThrow(Unreadable);
  expect(asked).toThrow(Unreadable);
});

test("beyond its size the oldest goes", () => {
  const cache = createDecoderCache({ decodersMax: 2 });
  const first = cache.get(1, writer, reader);
  const second = cache.get(2, writer, reader);
  cache.get(3, writer, reader);
  expect(cache.get(2, writer, reader)).toBe(second);
  expect(cache.get(1, writer, reader)).not.toBe(first);
});
