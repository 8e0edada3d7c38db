import { expect, test } from "bun:test";
import { envelopeOf } from "../../src/catalog/index.ts";
import type { IncomingRecord } from "../../src/kafka/index.ts";
import { ConsumedEvent } from "../../src/worker/event.ts";
import { catalogTopic, NOTE, record } from "../support/worker.ts";

const TOPIC = catalogTopic("notes.note.taken.v1");

function eventOf(given: IncomingRecord, value: unknown = { id: "from-value", n: 1 }, topic = TOPIC): ConsumedEvent {
  const event = new ConsumedEvent(given, { topic, envelope: envelopeOf(topic) });
  event.value = value;
  return event;
}

const headers = (given: Record<string, string>): [string, Buffer][] =>
  Object.entries(given).map(([name, value]) => [name, Buffer.from(value)]);

test("what the CloudEvents headers say counts", () => {
  const given = record({
    headers: headers({ ce_id: "e1", ce_type: "notes.taken", ce_source: "/desk", ce_time: "2026-01-02T03:04:05.678Z" }),
  });
  const { id, type, source, time } = eventOf(given);
  expect({ id, type, source, time }).toEqual({
    id: "e1",
    type: "notes.taken",
    source: "/desk",
    time: new Date("2026-01-02T03:04:05.678Z"),
  });
});

test("without them the event's own fields count, then the record's", () => {
  const { id, type, source, time } = eventOf(record());
  expect({ id, type, source, time }).toEqual({
    id: "from-value",
    type: "notes.note.taken",
    source: undefined,
    time: new Date(1_700_000_000_000),
  });
});

test("an event that says nothing of its id is known by its place", () => {
  const { idPath: _, ...topic } = catalogTopic("notes.note.taken.v1", NOTE);
  expect(eventOf(record(), { n: 1 }, topic).id).toBe("notes.note.taken.v1/3/42");
});

test("a tombstone has an id as well", () => {
  expect(eventOf(record({ value: null }), null).id).toBe("notes.note.taken.v1/3/42");
});

test("empty and senseless headers say nothing", () => {
  const { id, time } = eventOf(record({ headers: headers({ ce_id: "", ce_time: "yesterday" }) }));
  expect(id).toBe("from-value");
  expect(time).toEqual(new Date(1_700_000_000_000));
});

test("headers are text by name, the last one where a name is repeated, and __proto__ is a name", () => {
  const given = record({
    headers: [...headers({ a: "1", b: "2" }), ["a", Buffer.from("3")], ["__proto__", Buffer.from("x")], ["none", null]],
  });
  const event = eventOf(given);
  expect(Object.entries(event.headers)).toEqual([
    ["a", "3"],
    ["b", "2"],
    ["__proto__", "x"],
    ["none", ""],
  ]);
});

test("the key is text, or null", () => {
  expect(eventOf(record({ key: Buffer.from("straße") })).key).toBe("straße");
  expect(eventOf(record({ key: null })).key).toBeNull();
});

test("printed, an event shows what it holds", () => {
  expect(JSON.parse(JSON.stringify(eventOf(record())))).toMatchObject({
    id: "from-value",
    offset: "42",
    value: { n: 1 },
  });
  expect(Bun.inspect(eventOf(record()))).toContain("from-value");
});
