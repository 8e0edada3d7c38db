import { expect, test } from "bun:test";
import { join } from "node:path";
import { KafkaError } from "../src/kafka/index.ts";

/** The log writes to standard output, so each test lets a process of its own write. */
async function lines(level: string, program: string): Promise<Record<string, unknown>[]> {
  const source = `
    import { createLog } from "${join(import.meta.dir, "../src/log.ts")}";
    import { KafkaError } from "${join(import.meta.dir, "../src/kafka/index.ts")}";
    const emit = createLog("${level}");
    ${program}`;
  const child = Bun.spawn([process.execPath, "-e", source], { stdout: "pipe", stderr: "inherit" });
  const printed = await new Response(child.stdout).text();
  return printed
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test("an event is one line of JSON: its name, its details and a sentence", async () => {
  const [line] = await lines("info", `emit("api.listening", { url: "http://127.0.0.1:3000", topics: 3 });`);
  expect(line).toMatchObject({
    event: "api.listening",
    topics: 3,
    msg: "the API listens on http://127.0.0.1:3000 with 3 topics",
  });
});

test("what is less severe than the level is not printed", async () => {
  expect(await lines("error", `emit("api.listening", { url: "http://127.0.0.1:3000", topics: 3 });`)).toEqual([]);
});

test("an error of ours is told by its kind, without where it was thrown", async () => {
  const [line] = await lines(
    "info",
    `emit("consumer.join_failed", { group: "g", error: new KafkaError("NOT_COORDINATOR", "asked the wrong broker") });`,
  );
  const { message } = new KafkaError("NOT_COORDINATOR", "asked the wrong broker");
  expect(line).toMatchObject({ error: { kind: "NOT_COORDINATOR", message } });
  expect(line).not.toHaveProperty("error.stack");
});

test("any other error is told with where it was thrown", async () => {
  const [line] = await lines(
    "info",
    `emit("api.failed", { error: new TypeError("broken", { cause: new Error("why") }) });`,
  );
  expect(line).toMatchObject({ error: { type: "TypeError", message: "broken", cause: { message: "why" } } });
  expect(line).toHaveProperty("error.stack", expect.stringContaining("TypeError: broken"));
});

test("an event whose handler failed is told with the line that threw", async () => {
  const [failed, dead] = await lines(
    "info",
    `const thrown = (error) => Object.assign(error, { stack: "Error: no\\n    at handle (/shop/workers/mail.ts:12:5)" });
    const place = { group: "mail", topic: "orders", partition: 0, offset: 7n, error: thrown(new Error("no")) };
    emit("worker.event.failed", { ...place, attempt: 1, outage: false, delayMs: 5 });
    emit("worker.event.dead", { ...place, to: "orders.mail.dlt", attempts: 1 });`,
  );
  expect(failed?.msg).toBe("orders/0/7: attempt 1 failed, again in 5 ms: no (/shop/workers/mail.ts:12)");
  expect(dead?.msg).toBe("orders/0/7: given up after 1 attempt, now in orders.mail.dlt: no (/shop/workers/mail.ts:12)");
});

test("at the level debug, an error of ours has its stack too", async () => {
  const program = `emit("consumer.join_failed", { group: "g", error: new KafkaError("CLOSED", "no") });`;
  expect((await lines("debug", program))[0]).toHaveProperty("error.stack");
});
