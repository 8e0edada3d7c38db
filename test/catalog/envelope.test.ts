import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createCodec } from "../../src/avro/index.ts";
import { envelopeOf } from "../../src/catalog/index.ts";
import { catalogOf, recordOf } from "./folder.ts";

/** The one topic of a catalog, with this `topic.yaml` and these fields. */
async function topicOf(yaml: string, fields: Readonly<Record<string, unknown>>) {
  const { topics } = await catalogOf({ "a.b.done/topic.yaml": yaml, "a.b.done/v1.avsc": recordOf("Done", fields) });
  const [topic] = topics;
  if (topic === undefined) throw new Error("the catalog has one topic");
  return topic;
}

const envelope = async (yaml: string, fields: Readonly<Record<string, unknown>>, event: unknown) =>
  envelopeOf(await topicOf(yaml, fields))(event);

const timestamp = (unit: string, rest: object = {}) => ({ type: "long", logicalType: `timestamp-${unit}`, ...rest });

describe("the key", () => {
  test.each([
    ["string", "ord-1", "ord-1"],
    ["string", "", ""],
    ["long", 42, "42"],
    ["long", -0, "0"],
    [{ type: "long", jsType: "bigint" }, 9007199254740993n, "9007199254740993"],
    [{ type: "long", jsType: "bigint" }, "009007199254740993", "9007199254740993"],
    ["boolean", true, "true"],
    [{ type: "enum", name: "E", symbols: ["DE"] }, "DE", "DE"],
  ])("of a %p is its value as text", async (type, value, key) => {
    expect((await envelope("key: id", { id: type }, { id: value })).key).toBe(key);
  });

  test("null in topic.yaml means none", async () => {
    expect((await envelope("key: null", { id: "string" }, { id: "x" })).key).toBeNull();
  });

  test("it may be inside", async () => {
    const fields = { customer: recordOf("C", { id: "string" }) };
    expect((await envelope("key: customer.id", fields, { customer: { id: "x" } })).key).toBe("x");
  });

  test("a composite key is a JSON array of texts, in the order of topic.yaml", async () => {
    const topic = await topicOf("key: [country, number]", { number: "long", country: "string" });
    expect(envelopeOf(topic)({ country: 'D"E', number: 7 }).key).toBe('["D\\"E","7"]');
  });

  test("different values never make one composite key", async () => {
    const keyOf = envelopeOf(await topicOf("key: [a, b]", { a: "string", b: "string" }));
    const pair = fc.record({ a: fc.string(), b: fc.string() });
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        fc.pre(one.a !== other.a || one.b !== other.b);
        expect(keyOf(one).key).not.toBe(keyOf(other).key);
      }),
    );
  });

  test("a field that JSON leaves out has its default", async () => {
    const catalog = await catalogOf({
      "a.b.done/topic.yaml": "key: id",
      "a.b.done/v1.avsc": { ...recordOf("Done"), fields: [{ name: "id", type: "string", default: "none" }] },
    });
    const [topic] = catalog.topics;
    expect(topic && envelopeOf(topic)({}).key).toBe("none");
  });

  test("what every JavaScript object has is no field of the event", async () => {
    const fields = { constructor: recordOf("C", { name: "string" }) };
    expect((await envelope("key: constructor.name", fields, {})).key).toBeNull();
  });
});

describe("the time", () => {
  test.each([
    [timestamp("millis"), 1_795_225_329_719, 1_795_225_329_719],
    [timestamp("millis"), "2026-11-21T05:02:09.719+01:00", 1_795_233_729_719],
    [timestamp("millis"), new Date(5), 5],
    [timestamp("millis", { jsType: "bigint" }), "5", 5],
    [timestamp("micros"), 1_795_225_329_719_999, 1_795_225_329_719],
    [timestamp("micros"), -1, -1],
    [timestamp("micros", { jsType: "bigint" }), -1n, -1],
    [timestamp("nanos", { jsType: "bigint" }), 1_795_225_329_719_999_999n, 1_795_225_329_719],
    [timestamp("nanos"), "2026-11-21T05:02:09.719999999Z", 1_795_237_329_719],
  ])("of %p written as %p is in milliseconds", async (type, value, time) => {
    expect((await envelope("{ key: null, time: at }", { at: type }, { at: value })).time).toBe(time);
  });

  test.each([
    ["absent", {}],
    ["null", { at: null }],
    ["wrapped", { at: { long: 7 } }],
  ])("may be %s where its field may be null", async (what, event) => {
    const found = await envelope("{ key: null, time: at }", { at: ["null", timestamp("millis")] }, event);
    expect(found.time).toBe(what === "wrapped" ? 7 : undefined);
  });
});

test("without id and time in topic.yaml there are none", async () => {
  expect(await envelope("key: id", { id: "string" }, { id: "x" })).toEqual({
    key: "x",
    id: undefined,
    time: undefined,
  });
});

test("JSON and what is decoded of it have the same envelope", async () => {
  const topic = await topicOf("{ key: [order, number], id: event, time: at }", {
    order: "string",
    number: "long",
    event: ["null", { type: "string", logicalType: "uuid" }],
    at: ["null", timestamp("millis")],
  });
  const codec = createCodec(topic.schema);
  const envelopeOfEvent = envelopeOf(topic);
  const uuid = fc.oneof(
    fc.uuid(),
    fc.uuid().map((id) => id.toUpperCase()),
  );
  const at = fc.date({ noInvalidDate: true, min: new Date("0001-01-01"), max: new Date("9999-12-31") });
  const event = fc.record({
    order: fc.string({ unit: "grapheme" }),
    number: fc.maxSafeInteger(),
    event: fc.oneof(
      fc.constant(null),
      uuid,
      uuid.map((string) => ({ string })),
    ),
    at: fc.oneof(
      fc.constant(null),
      at.map((date) => date.toISOString()),
      at.map(Number),
      at.map((date) => ({ long: Number(date) })),
    ),
  });
  fc.assert(
    fc.property(event, (json) => {
      expect(envelopeOfEvent(codec.decode(codec.encode(json)))).toEqual(envelopeOfEvent(json));
    }),
  );
});
