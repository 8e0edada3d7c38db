import { expect, test } from "bun:test";
import { createLines, emitTo } from "../../../src/cli/dev/lines.ts";
import type { News } from "../../../src/cli/dev/news.ts";
import { fakeIo } from "../../support/sluice.ts";

const news = (given: Partial<News> = {}): News => ({
  event: "schema.registered",
  level: "info",
  about: "orders.order.created.v1",
  text: "registered, id 1",
  ...given,
});

const withoutTimes = (text: string) => text.replaceAll(/^\d\d:\d\d:\d\d/gm, "hh:mm:ss");

test("news is one line with the time and whom it concerns, its details below it", () => {
  const io = fakeIo();
  const tell = createLines(io, false);
  tell(news());
  tell(news({ about: "emails", text: "broken:", details: ["one\ntwo", "three"] }));
  expect(withoutTimes(io.printed.out)).toBe(
    [
      "hh:mm:ss  orders.order.created.v1  registered, id 1",
      "hh:mm:ss  emails                   broken:",
      "          one",
      "          two",
      "          three",
      "",
    ].join("\n"),
  );
});

test("sentences stand below one another from the first line on, as far as names are known", () => {
  const io = fakeIo();
  const tell = createLines(io, false, ["orders.order.created.v1", "emails"]);
  tell(news({ about: "emails", text: "first" }));
  tell(news({ text: "second" }));
  const [first = "", second = ""] = io.printed.out.split("\n");
  expect(first.indexOf("first")).toBe(second.indexOf("second"));
});

test("for programs it is an object on each line", () => {
  const io = fakeIo();
  createLines(io, true)(news());
  expect(JSON.parse(io.printed.out)).toEqual(news());
});

test("colours are for terminals, where NO_COLOR does not forbid them", () => {
  const plain = { ...fakeIo({ NO_COLOR: "1" }), terminal: { columns: 80 } };
  const coloured = { ...fakeIo(), terminal: { columns: 80 } };
  for (const io of [plain, coloured]) createLines(io, false)(news({ level: "error" }));
  expect(plain.printed.out).not.toContain("\u001b[");
  expect(coloured.printed.out).toContain("\u001b[31m");
});

test("what a developer wants to hear of is told, and how things always go is not", () => {
  const told: News[] = [];
  const emit = emitTo((one) => told.push(one));
  const place = { group: "emails", topic: "orders", partition: 2, offset: 41n };
  emit("consumer.joined", {
    group: "emails",
    memberId: "m",
    generationId: 1,
    leader: true,
    partitions: 6,
    tookMs: 3,
  });
  emit("worker.stopped", { group: "emails", forced: false, running: [] });
  emit("worker.event.dead", { ...place, to: "orders.emails.dlt", attempts: 1, error: new Error("no such customer") });
  emit("broker.records.dropped", { topic: "orders", partition: 2, records: 1n });
  emit("api.refused", {
    method: "GET",
    path: "/nope",
    problem: "INVALID_EVENT",
    status: 422,
    detail: "/notte: unknown field",
  });
  expect(told).toEqual([
    {
      event: "worker.event.dead",
      level: "error",
      about: "emails",
      // With the place that threw it.
      text: expect.stringMatching(
        /^orders\/2\/41: given up after 1 attempt, now in orders\.emails\.dlt: no such customer \(.*lines\.test\.ts:\d+\)$/,
      ),
    },
    {
      event: "broker.records.dropped",
      level: "warn",
      about: "orders",
      text: expect.stringMatching(/^1 record of partition 2 dropped: past retention.ms, /),
    },
    { event: "api.refused", level: "warn", about: "api", text: "GET /nope 422: /notte: unknown field" },
  ]);
});
