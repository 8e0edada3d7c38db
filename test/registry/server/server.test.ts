import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SchemaRegistry as Package } from "@kafkajs/confluent-schema-registry";
import { openRegistry } from "../../../src/registry/server/index.ts";
import { ROOT, SELF } from "../../support/sluice.ts";
import { growing, memberOf, record, sent } from "./asking.ts";

const post = (url: string, subject: string, schema: unknown) =>
  fetch(`${url}/subjects/${subject}/versions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(sent(schema)),
  });

describe("listening", () => {
  test("is on the loopback address and a free port where nothing else is said", async () => {
    await using registry = await openRegistry();
    expect(registry.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${registry.url}/subjects`)).json()).toEqual([]);
  });

  test("fails in a sentence where the port is taken", async () => {
    await using registry = await openRegistry();
    const port = Number(new URL(registry.url).port);
    const failure = await openRegistry({ port }).catch((error: Error) => error.message);
    expect(failure).toBe(`the registry cannot listen on 127.0.0.1:${port}; port 0 picks a free one`);
  });

  test("fails in a sentence where the address is another machine's", async () => {
    const failure = await openRegistry({ host: "192.0.2.1", port: 8_299 }).catch((error: Error) => error.message);
    expect(failure).toBe("the registry cannot listen on 192.0.2.1:8299; that is no address of this machine");
  });

  test("is told, and so is the end", async () => {
    const told: unknown[] = [];
    const registry = await openRegistry({ emit: (name, detail) => told.push([name, detail]) });
    await registry.close();
    expect(told).toEqual([
      ["registry.listening", { url: registry.url, durable: false }],
      ["registry.stopped", { url: registry.url }],
    ]);
  });
});

describe("requests that are not well made", () => {
  test.each([
    ["GET /subjects/%FF/versions", 400],
    ["GET /subjects/%zz/versions", 400],
    ["GET /config/%E0%A4%A", 400],
    ["GET /subjects/../versions", 404],
    ["GET /subjects/%2E%2E/versions", 404],
  ])("%s is refused, and means no subject with another name", async (line, status) => {
    await using registry = await openRegistry();
    await post(registry.url, "%EF%BF%BD", "int");
    expect(await statusOf(registry.url, `${line} HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n`)).toBe(status);
  });

  test("a slash in a name is encoded", async () => {
    await using registry = await openRegistry();
    await post(registry.url, "a%2Fb%25", "int");
    expect(await (await fetch(`${registry.url}/subjects`)).json()).toEqual(["a/b%"]);
    expect(await (await fetch(`${registry.url}/subjects/a%2Fb%25/versions`)).json()).toEqual([1]);
  });

  test.each([
    ["a host that is none", "GET /nope HTTP/1.1\r\nhost: a b <>\r\nconnection: close\r\n\r\n", 404],
    [
      "a body that breaks off",
      "POST /subjects/a/versions HTTP/1.1\r\nhost: r\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
      400,
    ],
  ])("%s is no failure of the registry", async (_what, request, status) => {
    const told: string[] = [];
    await using registry = await openRegistry({ emit: (name) => void told.push(name) });
    expect(await statusOf(registry.url, request)).toBe(status);
    await fetch(`${registry.url}/subjects`);
    expect(told).toEqual(["registry.listening"]);
  });
});

/** The status that is answered to bytes. */
async function statusOf(url: string, request: string): Promise<number> {
  const { promise: answered, resolve } = Promise.withResolvers<string>();
  await using stack = new AsyncDisposableStack();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
    socket: { data: (_socket, bytes) => resolve(bytes.toString()), close: () => resolve("") },
  });
  stack.defer(() => void socket.end());
  socket.write(request);
  return Number((await answered).split(" ")[1]);
}

describe("closing", () => {
  test("answers what is under way, and ends idle connections", async () => {
    const registry = await openRegistry();
    await fetch(`${registry.url}/subjects`);
    const body = JSON.stringify(sent("int"));
    const { promise: answered, resolve } = Promise.withResolvers<string>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(registry.url).port),
      socket: { data: (_socket, bytes) => resolve(bytes.toString()), close: () => end() },
    });
    const head = `POST /subjects/a/versions HTTP/1.1\r\nhost: r\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(head + body.slice(0, 5));
    // A second connection is answered only after the first one's bytes were read.
    await fetch(`${registry.url}/subjects`);
    const closed = registry.close();
    socket.write(body.slice(5));
    expect(await answered).toContain('"id":1');
    await Promise.all([closed, ended, registry.close()]);
    expect(fetch(`${registry.url}/subjects`)).rejects.toThrow();
  });
});

describe("many at once", () => {
  test("registrations of one schema over HTTP get one id, of many schemas one each", async () => {
    await using registry = await openRegistry();
    const same = await Promise.all(
      Array.from({ length: 40 }, (_, index) => post(registry.url, `s${index % 4}`, record("A"))),
    );
    const ids = await Promise.all(same.map(async (one) => memberOf(await one.json(), "id")));
    expect(new Set(ids)).toEqual(new Set([1]));
    const others = await Promise.all(
      Array.from({ length: 40 }, (_, index) => post(registry.url, `t${index}`, record(`T${index}`))),
    );
    const otherIds = await Promise.all(others.map(async (one) => memberOf(await one.json(), "id")));
    expect(new Set(otherIds).size).toBe(40);
  });
});

describe("clients that know nothing of it", () => {
  test("@kafkajs/confluent-schema-registry registers, finds, encodes and decodes", async () => {
    await using registry = await openRegistry({ users: [{ username: "u", password: "p" }] });
    const client = new Package({ host: registry.url, auth: { username: "u", password: "p" } });
    const schema = { type: "record" as const, name: "A", namespace: "n", fields: [{ name: "a", type: "string" }] };
    const { id } = await client.register(schema, { subject: "a" });
    expect(await client.getRegistryId("a", 1)).toBe(id);
    expect(await client.getLatestSchemaId("a")).toBe(id);
    expect(await client.getRegistryIdBySchema("a", { ...schema, type: "record" })).toBe(id);
    expect(await client.decode(await client.encode(id, { a: "x" }))).toEqual({ a: "x" });
  });

  test("without the password it is told so", async () => {
    await using registry = await openRegistry({ users: [{ username: "u", password: "p" }] });
    const refusal = await new Package({ host: registry.url, retry: { retries: 0 } })
      .getLatestSchemaId("a")
      .catch((error: Error) => error.message);
    expect(refusal).toEndWith("Unauthorized");
  });
});

/**
 * A registry that forgets a schema that it has given an id makes every record with that id unreadable. The process is
 * killed in the middle of registrations; what it had answered has to be there, and nothing half.
 */
test("what was acknowledged is there after kill -9, five times in a row", async () => {
  const data = mkdtempSync(join(tmpdir(), "registry-"));
  const acknowledged = new Map<number, string>();
  try {
    for (let round = 0; round < 5; round++) {
      const { child, url } = await startAlone(data);
      let count = 0;
      const enough = Promise.withResolvers<void>();
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (;;) {
          const name = `R${round}W${writer}N${count}`;
          const response = await post(url, `s${writer}`, { type: "enum", name, symbols: ["A"] }).catch(() => undefined);
          if (response === undefined) return;
          const answer: unknown = await response.json().catch(() => undefined);
          if (answer === undefined) return;
          acknowledged.set(Number(memberOf(answer, "id")), name);
          if (++count > 40) enough.resolve();
        }
      });
      await enough.promise;
      child.kill("SIGKILL");
      await Promise.all([...writers, child.exited]);
    }
    const { child, url } = await startAlone(data);
    for (const [id, name] of acknowledged) {
      const answer: unknown = await (await fetch(`${url}/schemas/ids/${id}`)).json();
      expect(JSON.parse(String(memberOf(answer, "schema")))).toMatchObject({ name });
    }
    for (const writer of [0, 1, 2, 3]) {
      const versions = (await (await fetch(`${url}/subjects/s${writer}/versions`)).json()) as number[];
      expect(versions).toEqual(versions.map((_, index) => index + 1));
    }
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  } finally {
    rmSync(data, { recursive: true });
  }
}, 60_000);

/** Runs `sluice registry` as a process of its own, with levels that let everything pass. */
async function startAlone(data: string) {
  const child = Bun.spawn([...SELF, "registry", "--port", "0", "--data", data], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line = ""] = await linesOf(child.stdout);
  const url = String(memberOf(JSON.parse(line), "url"));
  await fetch(`${url}/config`, { method: "PUT", body: JSON.stringify({ compatibility: "NONE" }) });
  return { child, url };
}

/** The lines of the first piece. */
async function linesOf(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return new TextDecoder().decode(value).trim().split("\n");
}

test("one schema under thousands of subjects is registered in a few seconds", async () => {
  await using registry = await openRegistry();
  const began = performance.now();
  for (let index = 0; index < 3_000; index++) await post(registry.url, `s${index}`, "int");
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(await (await fetch(`${registry.url}/schemas/ids/1/subjects`)).json()).toHaveLength(3_000);
});

test("a thousand versions of one subject are registered and found in a few seconds", async () => {
  await using registry = await openRegistry();
  const began = performance.now();
  for (let index = 0; index < 1_000; index++)
    await post(registry.url, "a", record("A", { name: `f${index}`, type: "int", default: 0 }));
  await post(registry.url, "a", growing(1));
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(await (await fetch(`${registry.url}/subjects/a/versions`)).json()).toHaveLength(1_001);
});
