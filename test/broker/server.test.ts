import { afterEach, expect, test } from "bun:test";
import type { Dispatch } from "../../src/broker/dispatch.ts";
import { LIMITS, type Limits } from "../../src/broker/limits.ts";
import { openServer, type Server } from "../../src/broker/server.ts";
import { silent } from "../../src/events.ts";
import { connectWire, type WireClient } from "../support/broker/client.ts";
import { until } from "../support/until.ts";

/**
 * A broker is as stable as its connections: a client that reads slowly, sends without end, breaks off in the middle or
 * speaks something else must cost memory and attention for itself alone.
 */
const opened: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function serving(dispatch: Dispatch, limits: Partial<Limits> = {}): Server & { failures: unknown[] } {
  const failures: unknown[] = [];
  const server = openServer({
    host: "127.0.0.1",
    ports: [0],
    nodeIds: [1],
    limits: { ...LIMITS, ...limits },
    emit: (name, detail) => {
      if (name === "broker.connection.failed" && "error" in detail) failures.push(detail.error);
      silent(name, detail);
    },
  });
  opened.push(server);
  server.serve(dispatch, { usersRequired: false });
  return Object.assign(server, { failures });
}

async function connected(server: Server): Promise<WireClient> {
  const client = await connectWire(`127.0.0.1:${server.ports[0]}`);
  opened.push(client);
  return client;
}

const framed = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};
const numbered = (id: number, bytes = 4): Buffer => {
  const body = Buffer.alloc(bytes);
  body.writeInt32BE(id);
  return framed(body);
};

/** Collects the first four bytes of each answer as a number. */
function answers(client: WireClient): number[] {
  const ids: number[] = [];
  client.rawAnswer((frame) => ids.push(frame.readInt32BE(0)));
  return ids;
}

test("answers come in the order of the requests, however long each takes", async () => {
  const first = Promise.withResolvers<void>();
  const begun: number[] = [];
  const server = serving((frame) => {
    const id = frame.readInt32BE(0);
    begun.push(id);
    return id === 1 ? first.promise.then(() => [numbered(id)]) : [numbered(id)];
  });
  const client = await connected(server);
  const got = answers(client);
  client.raw(Buffer.concat([numbered(1), numbered(2), numbered(3)]));
  await until("the first has begun", () => begun.length > 0);
  expect([begun, got]).toEqual([[1], []]);
  first.resolve();
  await until("all are answered", () => got.length === 3);
  expect(got).toEqual([1, 2, 3]);
});

test("a client that does not read its answers is not worked for", async () => {
  let handled = 0;
  const server = serving(() => {
    handled += 1;
    return [framed(Buffer.alloc(100_000))];
  });
  let received = 0;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.ports[0] ?? 0,
    socket: {
      data: (_socket, chunk) => {
        received += chunk.length;
      },
    },
  });
  opened.push({ close: () => socket.end() });
  socket.pause();
  socket.write(Buffer.concat(Array.from({ length: 1_000 }, (_, id) => numbered(id))));
  let before = -1;
  await until("it stops", () => {
    const stopped = handled > 0 && handled === before;
    before = handled;
    return stopped;
  });
  // What the two kernels buffer for a connection, and a megabyte of ours.
  expect(handled).toBeLessThan(300);
  socket.resume();
  await until("all have arrived", () => received === 1_000 * 100_004);
  expect(handled).toBe(1_000);
});

test("a client that sends on and on behind a request that waits is not read from", async () => {
  const waiting = Promise.withResolvers<Buffer[]>();
  let handled = 0;
  const server = serving(() => {
    handled += 1;
    return handled === 1 ? waiting.promise : undefined;
  });
  let accepted = 0;
  const block = Buffer.concat(Array.from({ length: 100 }, (_, id) => numbered(id, 10_000)));
  const total = 60 * block.length;
  const send = (socket: { write(bytes: Buffer): number }) => {
    while (accepted < total) {
      const written = socket.write(block.subarray(accepted % block.length));
      if (written <= 0) return;
      accepted += written;
    }
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.ports[0] ?? 0,
    socket: { data() {}, drain: send },
  });
  opened.push({ close: () => socket.end() });
  send(socket);
  let before = -1;
  await until("it stops", () => {
    const stopped = accepted === before;
    before = accepted;
    return stopped;
  });
  expect(accepted).toBeLessThan(20_000_000);
  waiting.resolve([]);
  await until("all is read", () => handled === 6_000);
});

test("bytes that are no request close their connection, and no other", async () => {
  const server = serving((frame) => [framed(frame)]);
  const [honest, stranger] = [await connected(server), await connected(server)];
  stranger.raw(Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  await stranger.closed;
  const got = answers(honest);
  honest.raw(numbered(5));
  await until("the other is answered", () => got.length === 1);
  expect(server.failures.map(String)).toEqual([
    `ProtocolError: a frame claims ${Buffer.from("GET ").readInt32BE(0)} bytes; the limit is ${LIMITS.frameBytes}`,
  ]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["rejects", () => Promise.reject(new Error("broken"))],
] as const)("a handler that %s closes the connection that asked", async (_how, dispatch) => {
  const server = serving(dispatch);
  const client = await connected(server);
  client.raw(numbered(1));
  await client.closed;
  expect(server.failures.map(String)).toEqual(["Error: broken"]);
  expect(server.connections).toBe(0);
});

test("one connection more than there may be is closed at once", async () => {
  const server = serving((frame) => [framed(frame)], { connections: 2 });
  await connected(server);
  await connected(server);
  await (await connected(server)).closed;
  expect(server.connections).toBe(2);
});

test("a request that breaks off, and a client that says nothing, are given up", async () => {
  const server = serving((frame) => [framed(frame)], { frameMs: 20, idleMs: 60_000 });
  const [broken, quiet] = [await connected(server), await connected(server)];
  broken.raw(numbered(1).subarray(0, 6));
  await until("it is swept", () => {
    server.sweep();
    return server.connections === 1;
  });
  await broken.closed;
  expect(server.failures.map(String)).toEqual(["ProtocolError: a request broke off"]);

  const idle = serving((frame) => [framed(frame)], { idleMs: 20 });
  const silentClient = await connected(idle);
  await until("it is swept", () => {
    idle.sweep();
    return idle.connections === 0;
  });
  await silentClient.closed;
  expect(idle.failures).toEqual([]);
  quiet.close();
});

test("a request under way is not taken for silence", async () => {
  const waiting = Promise.withResolvers<Buffer[]>();
  const begun = Promise.withResolvers<void>();
  // Below 0 every silence is too long, however short.
  const server = serving(
    () => {
      begun.resolve();
      return waiting.promise;
    },
    { idleMs: -1, frameMs: -1 },
  );
  const client = await connected(server);
  client.raw(numbered(1));
  await begun.promise;
  server.sweep();
  expect(server.connections).toBe(1);
  const got = answers(client);
  waiting.resolve([numbered(1)]);
  await until("it is answered", () => got.length === 1);
});

test("half-sent requests have a limit for all connections together", async () => {
  const server = serving((frame) => [framed(frame)], { heldBytes: 100_000 });
  const clients = [await connected(server), await connected(server)];
  for (const client of clients) client.raw(numbered(1, 90_000).subarray(0, 80_000));
  await Promise.race(clients.map(({ closed }) => closed));
  await until("one is left", () => server.connections === 1);
  expect(String(server.failures[0])).toContain("have come in part");
});

test("a connection that its client closes is forgotten, and who works for it is told", async () => {
  const aborted = Promise.withResolvers<void>();
  const server = serving((_frame, { signal }) => {
    signal.addEventListener("abort", () => aborted.resolve());
    return new Promise(() => {});
  });
  const client = await connected(server);
  client.raw(numbered(1));
  await until("it has arrived", () => server.connections === 1);
  client.close();
  await aborted.promise;
  expect(server.connections).toBe(0);
});

test("a client that asks for much at once leaves the others their turn", async () => {
  const MANY = 200;
  const handled: number[] = [];
  const server = serving((frame) => {
    const id = frame.readInt32BE(0);
    // Work that takes a while, as an answer about thousands of partitions does.
    if (id < MANY) Bun.sleepSync(1);
    handled.push(id);
    return [numbered(id)];
  });
  const greedy = await connected(server);
  const other = await connected(server);
  const got = answers(other);
  greedy.raw(Buffer.concat(Array.from({ length: MANY }, (_, id) => numbered(id))));
  await until("the first is under way", () => handled.length > 0);
  other.raw(numbered(MANY));
  await until("the other is answered", () => got.length === 1);
  expect(handled.indexOf(MANY)).toBeLessThan(MANY / 2);
});
