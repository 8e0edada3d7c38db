import { expect, test } from "bun:test";
import { createCodec, parseSchema } from "../../../src/avro/index.ts";
import { readBack } from "../../../src/gate/data/read-back.ts";

/*
 * A check of two schemas says what could break. The topic says what does: how many of the events that are really stored
 * have the symbol or the branch that the new schema gives up.
 */

const order = (symbols: readonly string[], ...more: object[]) =>
  parseSchema({
    type: "record",
    name: "Order",
    fields: [{ name: "status", type: { type: "enum", name: "Status", symbols } }, ...more],
  });

const OLD = order(["NEW", "PAID", "LOST"]);
const codec = createCodec(OLD);
const stored = (...statuses: string[]) =>
  statuses.map((status, index) => ({ schemaId: 7, payload: codec.encode({ status }), at: `0/${index}` }));

test("events that have a removed symbol are counted, with the first of them; a worker would refuse them all", () => {
  const found = readBack(stored("NEW", "LOST", "PAID", "LOST"), {
    reader: order(["NEW", "PAID"]),
    writers: new Map([[7, OLD]]),
  });
  expect(found).toMatchObject({ events: 4, failed: 4 });
  expect(found.breaks).toMatchObject([{ events: 2, schemaId: 7, first: "0/1", symbols: new Map([["LOST", 2]]) }]);
  expect(found.breaks[0]?.incompatibility?.type).toBe("MISSING_ENUM_SYMBOLS");
});

test("a symbol that nothing stored has is a break without events", () => {
  const { breaks } = readBack(stored("NEW"), { reader: order(["NEW", "PAID"]), writers: new Map([[7, OLD]]) });
  expect(breaks).toMatchObject([{ events: 0, first: undefined }]);
});

test("a field without a default is missing in every event", () => {
  const reader = order(["NEW", "PAID", "LOST"], { name: "total", type: "long" });
  const { breaks } = readBack(stored("NEW", "PAID"), { reader, writers: new Map([[7, OLD]]) });
  expect(breaks).toMatchObject([{ events: 2, first: "0/0" }]);
});

test("events of several writers are judged each by its own", () => {
  const newer = order(["NEW", "PAID"]);
  const events = [
    ...stored("LOST"),
    { schemaId: 8, payload: createCodec(newer).encode({ status: "PAID" }), at: "1/0" },
  ];
  const found = readBack(events, {
    reader: newer,
    writers: new Map([
      [7, OLD],
      [8, newer],
    ]),
  });
  expect(found).toMatchObject({ events: 2, failed: 1, breaks: [{ schemaId: 7, events: 1 }] });
});

test("a logical type that changed fails every event, and bytes that are no event fail by themselves", () => {
  const amount = (scale: number) =>
    parseSchema({
      type: "record",
      name: "Paid",
      fields: [{ name: "amount", type: { type: "bytes", logicalType: "decimal", precision: 9, scale } }],
    });
  const written = amount(4);
  const paid = { schemaId: 7, payload: createCodec(written).encode({ amount: "1.2345" }), at: "0/0" };
  const writers = new Map([[7, written]]);
  expect(readBack([paid], { reader: amount(2), writers })).toMatchObject({
    failed: 1,
    breaks: [{ events: 1, incompatibility: undefined, first: "0/0" }],
  });
  const cut = { ...paid, payload: paid.payload.subarray(0, 1), at: "0/1" };
  expect(readBack([paid, cut], { reader: written, writers })).toMatchObject({
    failed: 1,
    breaks: [{ events: 1, first: "0/1" }],
  });
});

test("events that can be read break nothing", () => {
  expect(readBack(stored("NEW", "PAID"), { reader: OLD, writers: new Map([[7, OLD]]) })).toEqual({
    events: 2,
    failed: 0,
    breaks: [],
  });
});
