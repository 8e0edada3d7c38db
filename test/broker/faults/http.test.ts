import { describe, expect, test } from "bun:test";
import { serveFaults } from "../../../src/broker/faults/index.ts";
import { type Broker, openBroker } from "../../../src/broker/index.ts";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { connectWire } from "../../support/broker/client.ts";

interface Bench extends AsyncDisposable {
  readonly broker: Broker;
  /** Status and body of an answer; no body is undefined. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
}

async function bench(): Promise<Bench> {
  const broker = await openBroker({ nodes: 3, topics: [{ name: "orders", partitions: 2 }] });
  const door = serveFaults(broker.faults);
  return {
    broker,
    async ask(method, path, body) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = await fetch(`${door.url}${path}`, { method, ...(body !== undefined && { body: text }) });
      const answer = await response.text();
      return { status: response.status, body: answer === "" ? undefined : JSON.parse(answer) };
    },
    async [Symbol.asyncDispose]() {
      await door.close();
      await broker.close();
    },
  };
}

const RULE = { api: "Produce", topic: "orders", partition: 1, answer: "NOT_LEADER_OR_FOLLOWER", times: 2 };

describe("faults over HTTP", () => {
  test("the README's examples are taken as they stand", async () => {
    await using at = await bench();
    const page = await Bun.file(new URL("../../../src/broker/faults/README.md", import.meta.url)).text();
    const examples = [...page.matchAll(/-X POST http:\/\/127\.0\.0\.1:9099(\/\w+)[\s\\]+-d '(.*?)'/g)];
    const answers = await Promise.all(examples.map(([, path = "", body]) => at.ask("POST", path, body)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 204, 204]);
  });

  test("are added, listed with how often they happened, and removed", async () => {
    await using at = await bench();
    const shown = { id: 1, hits: 0, left: 2, ...RULE, api: ["produce"] };
    expect(await at.ask("POST", "/faults", RULE)).toEqual({ status: 201, body: shown });
    expect(await at.ask("GET", "/faults")).toEqual({ status: 200, body: [shown] });
    expect(await at.ask("GET", "/faults/1")).toEqual({ status: 200, body: shown });
    expect(at.broker.faults.rules).toHaveLength(1);
    expect(await at.ask("DELETE", "/faults/1")).toEqual({ status: 204, body: undefined });
    expect(await at.ask("DELETE", "/faults/1")).toMatchObject({
      status: 404,
      body: { detail: "There is no fault 1." },
    });
    await at.ask("POST", "/faults", { drop: "answer" });
    await at.ask("POST", "/faults", { delay: "answer", ms: 5, times: "always" });
    expect(await at.ask("DELETE", "/faults")).toEqual({ status: 204, body: undefined });
    expect(await at.ask("GET", "/faults")).toEqual({ status: 200, body: [] });
  });

  test("tell everything that is wrong with a rule at once", async () => {
    await using at = await bench();
    const wrong = {
      api: ["produce", "consume"],
      partition: -1,
      times: 0,
      answer: "OOPS",
      drop: "everything",
      "no/such": 1,
    };
    const { status, body } = await at.ask("POST", "/faults", wrong);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      detail: "The request is not understood.",
      errors: [
        { pointer: "/api", detail: expect.stringContaining("a request, or a list of them, is expected: produce") },
        { pointer: "/partition", detail: "a whole number from 0 to 2147483647 is expected" },
        { pointer: "/times", detail: 'a number from 1, or "always", is expected' },
        { pointer: "/answer", detail: "one of Kafka's error names is expected, such as NOT_LEADER_OR_FOLLOWER" },
        { pointer: "/drop", detail: "one of request, answer is expected" },
        { pointer: "/no~1such", detail: expect.stringContaining("there is no such field; there are api, topic") },
        { pointer: "", detail: "exactly one of answer, omit, drop, delay is expected" },
        { pointer: "/topic", detail: "a partition is one of a topic" },
      ],
    });
    expect(at.broker.faults.rules).toEqual([]);
  });

  test.each([
    ["{", "JSON"],
    ["[]", "an object is expected"],
    ['{"__proto__": 1, "drop": "answer"}', "there is no such field"],
    ['{"drop": "answer", "toString": 1}', "there is no such field"],
    ['{"omit": true}', "omit needs what to leave out"],
    ['{"delay": "answer"}', "delay and ms go together"],
    ['{"drop": "answer", "handled": true}', "it goes with answer alone"],
  ])("refuse %s", async (body, detail) => {
    await using at = await bench();
    const answer = await at.ask("POST", "/faults", body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(detail);
    expect(at.broker.faults.rules).toEqual([]);
  });

  test("move a leader, or say what is missing", async () => {
    await using at = await bench();
    const leader = () => at.broker.topics.get("orders")?.partitions[0]?.leaderId;
    for (const node of [2, 1]) {
      expect((await at.ask("POST", "/leaders", { topic: "orders", partition: 0, node })).status).toBe(204);
      expect(leader()).toBe(node);
    }
    expect(await at.ask("POST", "/leaders", { topic: "orders", partition: 0, node: 9 })).toMatchObject({ status: 404 });
    expect(await at.ask("POST", "/leaders", { topic: "none", partition: 0, node: 1 })).toMatchObject({
      status: 404,
      body: { detail: "there is no partition 0 of a topic none" },
    });
    expect(await at.ask("POST", "/leaders", {})).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: "/topic" }, { pointer: "/partition" }, { pointer: "/node" }] },
    });
  });

  test("cut the connections of one node, or of all", async () => {
    await using at = await bench();
    const [first = "", second = ""] = at.broker.address.split(",");
    await using one = await connectWire(first);
    await using two = await connectWire(second);
    await two.call(MESSAGES.apiVersions, 0, {});
    expect((await at.ask("POST", "/disconnect", { node: 2 })).status).toBe(204);
    await two.closed;
    expect(await one.call(MESSAGES.apiVersions, 0, {})).toMatchObject({ errorCode: 0 });
    expect((await at.ask("POST", "/disconnect")).status).toBe(204);
    await one.closed;
    expect((await at.ask("POST", "/disconnect", { node: "two" })).status).toBe(400);
  });

  test("rebalance a group, where there is one", async () => {
    await using at = await bench();
    expect(await at.ask("POST", "/groups/nobody/rebalance")).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("group nobody cannot be rebalanced") },
    });
  });

  test("have no other paths, and take no large bodies", async () => {
    await using at = await bench();
    expect((await at.ask("GET", "/")).status).toBe(404);
    expect((await at.ask("PUT", "/faults")).status).toBe(404);
    expect((await at.ask("POST", "/faults", "x".repeat(70_000))).status).toBe(413);
  });
});
