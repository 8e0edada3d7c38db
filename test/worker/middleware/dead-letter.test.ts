import { expect, test } from "bun:test";
import type { Delivery, OutgoingRecord } from "../../../src/kafka/index.ts";
import { KafkaError } from "../../../src/kafka/index.ts";
import { Abandoned } from "../../../src/worker/errors.ts";
import type { Handle } from "../../../src/worker/handle.ts";
import { deadLetter, ERROR_BYTES_MAX } from "../../../src/worker/middleware/dead-letter.ts";
import { noWait, record, underway } from "../../support/worker.ts";

const STORED: Delivery = { status: "stored", partition: 0, offset: 0n, timestamp: 0 };

/** Runs one event whose inner middlewares do this; answers the topic with these deliveries, then stores. */
function run(
  handle: Handle,
  { deliveries = [], given = underway() }: { deliveries?: Delivery[]; given?: ReturnType<typeof underway> } = {},
) {
  const sent: OutgoingRecord[] = [];
  const { wait, waited } = noWait();
  const send = async (one: OutgoingRecord) => {
    sent.push(one);
    return deliveries.shift() ?? STORED;
  };
  const pending = deadLetter({ send, wait, random: () => 1, now: () => 99 })(handle)(given.event, given.context);
  return { pending, sent, waited, ...given };
}

const fails =
  (error: unknown): Handle =>
  () =>
    Promise.reject(error);

test("an event that is handled is not sent anywhere, and costs no promise", () => {
  const { pending, sent } = run(() => undefined);
  expect(pending).toBeUndefined();
  expect(sent).toEqual([]);
});

test("a dead letter has the event's bytes and headers, and says where it comes from and why", async () => {
  const headers: [string, Buffer | null][] = [
    ["ce_id", Buffer.from("e1")],
    ["trace", Buffer.from([0xff, 0x00])],
    ["trace", Buffer.from("second")],
  ];
  const given = underway({ record: record({ headers }) });
  given.context.attempt = 5;
  const { pending, sent, names } = run(fails(new TypeError("no such customer", { cause: new Error("404") })), {
    given,
  });
  await pending;
  expect(sent).toEqual([
    {
      topic: "notes.note.taken.v1.note-readers.dlt",
      key: Buffer.from("k"),
      value: Buffer.from([0, 0, 0, 0, 7, 2, 97, 2]),
      timestamp: 99,
      headers: [
        ["ce_id", Buffer.from("e1")],
        ["trace", Buffer.from([0xff, 0x00])],
        ["trace", Buffer.from("second")],
        ["x-original-topic", "notes.note.taken.v1"],
        ["x-original-partition", "3"],
        ["x-original-offset", "42"],
        ["x-original-timestamp", "1700000000000"],
        ["x-group", "note-readers"],
        ["x-error", "TypeError: no such customer; because of Error: 404"],
        ["x-attempts", "5"],
      ],
    },
  ]);
  expect(names()).toEqual(["worker.event.dead"]);
});

test("an error that is thrown at once ends there as well", async () => {
  const { pending, sent } = run(() => {
    throw new Error("no");
  });
  await pending;
  expect(sent).toHaveLength(1);
});

test("of an event that was dead before, only the latest reasons are kept", async () => {
  const given = underway({
    record: record({
      headers: [
        ["x-error", Buffer.from("old")],
        ["x-attempts", Buffer.from("9")],
      ],
    }),
  });
  const { pending, sent } = run(fails(new Error("new")), { given });
  await pending;
  const reasons = sent[0]?.headers?.filter(([name]) => name === "x-error");
  expect(reasons).toEqual([["x-error", "Error: new"]]);
});

test("key and value may be missing", async () => {
  const { pending, sent } = run(fails(new Error("no")), {
    given: underway({ record: record({ key: null, value: null }) }),
  });
  await pending;
  expect(sent[0]).toMatchObject({ key: null, value: null });
});

test.each([
  ["many letters", "x".repeat(100_000)],
  ["many letters of several bytes", "€".repeat(100_000)],
  ["a million causes", ""],
])("an error with %s is cut", async (_what, text) => {
  const error = new Error(text);
  error.cause = error;
  const { pending, sent } = run(fails(error));
  await pending;
  const value = sent[0]?.headers?.find(([name]) => name === "x-error")?.[1] ?? "";
  expect(Buffer.byteLength(value)).toBeLessThanOrEqual(ERROR_BYTES_MAX);
});

test("what is thrown need not be an error", async () => {
  const { pending, sent } = run(fails("just text"));
  await pending;
  expect(sent[0]?.headers).toContainEqual(["x-error", "just text"]);
});

test("while it cannot be stored it is sent again, and the event is not done", async () => {
  const error = new KafkaError("UNAVAILABLE", "away");
  const deliveries: Delivery[] = [
    { status: "failed", error, retryable: true },
    { status: "unknown", error },
    { status: "failed", error, retryable: false },
  ];
  const { pending, sent, waited, names, progress } = run(fails(new Error("no")), { deliveries });
  await pending;
  expect(sent).toHaveLength(4);
  expect(waited).toEqual([200, 400, 800]);
  expect(progress()).toBe(3);
  expect(names()).toEqual([...Array(3).fill("worker.deadLetter.failed"), "worker.event.dead"]);
});

test("a stop while it cannot be stored leaves the event undone", async () => {
  const given = underway();
  given.closing.abort(new Abandoned("stopped"));
  const deliveries: Delivery[] = [{ status: "failed", error: new KafkaError("UNAVAILABLE", "away"), retryable: true }];
  const { pending } = run(fails(new Error("no")), { deliveries, given });
  await expect(pending).rejects.toThrow("stopped");
});

test("an event that was abandoned is not dead", async () => {
  const { pending, sent } = run(fails(new Abandoned("stopped")));
  await expect(pending).rejects.toThrow("stopped");
  expect(sent).toEqual([]);
});

test("a header without a value stays one", async () => {
  const given = underway({ record: record({ headers: [["empty", null]] }) });
  const { pending, sent } = run(fails(new Error("no")), { given });
  await pending;
  expect(sent[0]?.headers?.[0]).toEqual(["empty", null]);
});
