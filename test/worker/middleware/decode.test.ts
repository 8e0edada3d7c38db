import { expect, test } from "bun:test";
import { frame } from "../../../src/avro/index.ts";
import { Undecodable } from "../../../src/worker/errors.ts";
import type { ConsumedEvent } from "../../../src/worker/event.ts";
import { decode, type TopicDecoders } from "../../../src/worker/middleware/decode.ts";
import { record, underway } from "../../support/worker.ts";

/** Knows schema 7 at once and schema 8 once it is fetched. */
const DECODERS: TopicDecoders = {
  known: (id) => (id === 7 ? (payload) => `seven:${Buffer.from(payload)}` : undefined),
  fetch: async (id) => {
    if (id === 8) return (payload) => `eight:${Buffer.from(payload)}`;
    throw new Undecodable(`schema ${id}`);
  },
};

function run(value: Buffer | null, { tombstones = false } = {}) {
  const seen: ConsumedEvent[] = [];
  const { event, context } = underway({ record: record({ value }) });
  const handle = decode({ decoders: () => DECODERS, tombstones })((one) => {
    seen.push(one);
    return undefined;
  });
  return { handle: () => handle(event, context), seen };
}

test("an event whose writer is known is decoded at once", () => {
  const { handle, seen } = run(frame(7, Buffer.from("abc")));
  expect(handle()).toBeUndefined();
  expect(seen[0]).toMatchObject({ value: "seven:abc", schemaId: 7 });
});

test("an event whose writer is not known waits for its schema", async () => {
  const { handle, seen } = run(frame(8, Buffer.from("abc")));
  await handle();
  expect(seen[0]).toMatchObject({ value: "eight:abc", schemaId: 8 });
});

test("a writer that the registry does not know makes it undecodable", async () => {
  const { handle, seen } = run(frame(9, Buffer.from("abc")));
  await expect(handle()).rejects.toBeInstanceOf(Undecodable);
  expect(seen).toEqual([]);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["four bytes", Buffer.from([0, 0, 0, 0])],
  ["another magic byte", Buffer.from([1, 0, 0, 0, 7, 2])],
  ["JSON", Buffer.from('{"id":"a"}')],
])("%s is undecodable, and no handler sees it", (_what, value) => {
  const { handle, seen } = run(value);
  expect(handle).toThrow(Undecodable);
  expect(seen).toEqual([]);
});

test("bytes that their decoder refuses are undecodable, and the reason is kept", () => {
  const { event, context } = underway({ record: record({ value: frame(7, Buffer.from("abc")) }) });
  const cause = new Error("trailing bytes");
  const decoders = {
    ...DECODERS,
    known: () => () => {
      throw cause;
    },
  };
  const handle = decode({ decoders: () => decoders, tombstones: false })(() => undefined);
  expect(() => handle(event, context)).toThrow(expect.objectContaining({ name: "Undecodable", cause }));
});

test("a tombstone is null to a worker that takes tombstones", () => {
  const { handle, seen } = run(null, { tombstones: true });
  expect(handle()).toBeUndefined();
  expect(seen[0]).toMatchObject({ value: null, schemaId: undefined });
});

test("a tombstone is undecodable to a worker that does not", () => {
  const { handle, seen } = run(null);
  expect(handle).toThrow("tombstones: true");
  expect(seen).toEqual([]);
});

test("a handler's own error is not taken for a decoder's", () => {
  const { event, context } = underway({ record: record({ value: frame(7, Buffer.from("abc")) }) });
  const handle = decode({ decoders: () => DECODERS, tombstones: false })(() => {
    throw new Error("mine");
  });
  expect(() => handle(event, context)).toThrow("mine");
});
