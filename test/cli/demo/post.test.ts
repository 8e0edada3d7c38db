import { expect, test } from "bun:test";
import type { DemoEvent } from "../../../src/cli/demo/events.ts";
import { emptyTally, postAll, reasonOf } from "../../../src/cli/demo/post.ts";

const event = (topic: string, wrong?: string): DemoEvent => ({ topic, body: "{}", ...(wrong && { wrong }) });

test("every event is posted once, and every answer counted", async () => {
  let answered = 0;
  using server = Bun.serve({
    port: 0,
    fetch: ({ url }) =>
      url.includes("/wrong/")
        ? Response.json({ title: "Invalid", errors: [{ detail: `no ${++answered}` }] }, { status: 422 })
        : Response.json({ partition: 0 }),
  });
  const events = Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? event("wrong", "a mistake") : event("right")));
  const tally = emptyTally();
  let told = 0;
  await postAll(events, {
    api: `http://127.0.0.1:${server.port}`,
    connections: 8,
    tally,
    signal: new AbortController().signal,
    onAnswer: () => told++,
  });
  expect({ ...tally, refusals: [...tally.refusals.values()], told }).toEqual({
    posted: 100,
    stored: 90,
    refused: 10,
    storedByTopic: new Map([["right", 90]]),
    refusals: [{ wrong: "a mistake", status: 422, reason: expect.stringMatching(/^no \d/), count: 10 }],
    told: 100,
  });
});

test.each([
  [{ title: "Invalid", detail: "It is wrong.", errors: [{ detail: "unknown field" }] }, "unknown field"],
  [{ title: "Invalid", detail: "It is wrong." }, "It is wrong."],
  [{ title: "Invalid" }, "Invalid"],
  [null, "no reason"],
])("of the problem %j the most telling sentence is taken", (problem, reason) => {
  expect(reasonOf(problem)).toBe(reason);
});
