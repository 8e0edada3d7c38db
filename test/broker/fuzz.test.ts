import { expect, test } from "bun:test";
import fc from "fast-check";
import { HANDLERS } from "../../src/broker/apis/index.ts";
import { type Broker, openBroker } from "../../src/broker/index.ts";
import { type Api, encodeRequest, MESSAGES } from "../../src/broker/protocol/index.ts";
import type { Emit } from "../../src/events.ts";
import { anyMessage } from "../support/broker/any-message.ts";
import { batchOf } from "../support/broker/batch.ts";
import { connectWire } from "../support/broker/client.ts";
import { append, LATEST, offsetOf } from "../support/broker/requests.ts";
import { golden, goldenPaths } from "../support/golden.ts";
import { Random } from "../support/random.ts";
import { until } from "../support/until.ts";

/**
 * Whatever reaches the port may be wrong: a client of another protocol, a scanner, a proxy that cuts streams. It may
 * close its own connection, and nothing else: no other client notices, no memory is kept, the process goes on.
 */

/** How many frames are sent; `FUZZ_FRAMES=1000000 bun test test/broker/fuzz.test.ts` takes some minutes. */
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 7);
const FRAMES_PER_CONNECTION = 4;
const CONNECTIONS_AT_ONCE = 50;

const LIMITS = { topics: 40, partitions: 400, groups: 200, transactions: 200, memoryBytes: 64 * 1024 * 1024 };

function watched() {
  const seen = { failed: [] as unknown[], closed: 0 };
  const emit: Emit = (name, detail) => {
    if (name === "broker.request.failed") seen.failed.push(detail);
    if (name === "broker.connection.failed") seen.closed += 1;
  };
  return { seen, emit };
}

/** Requests that are right: as clients sent them, and one or more of every message and version. */
function corpus(): Buffer[] {
  const recorded = goldenPaths(/^\d+-[a-z-]+\/v\d+\.request\.hex$/).map(golden);
  const made = HANDLERS.flatMap(({ api }) => versionsOf(api).flatMap((version) => samples(api, version)));
  return [...recorded, ...made];
}

const versionsOf = ({ versions: [first, last] }: Api): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

function samples(api: Api, version: number): Buffer[] {
  const header = { apiVersion: version, correlationId: 1, clientId: "fuzz" };
  return fc
    .sample(anyMessage(api.request, api, version), { numRuns: 3, seed: SEED + version })
    .map((request) => Buffer.concat(encodeRequest(api, header, request)).subarray(4));
}

/**
 * One of them as it is, or with bytes changed, taken out, put in twice, or made a large number; or no request at all.
 * The header mostly stays, so that most get as far as a handler.
 */
function mutant(frames: readonly [Buffer, ...Buffer[]], random: Random): Buffer {
  const whole = (below: number) => Math.floor(random.between(0, below));
  if (random.chance(0.02)) return Buffer.from(Array.from({ length: whole(200) }, () => whole(256)));
  let frame = Buffer.from(random.pick(frames));
  for (let times = random.chance(0.4) ? 0 : 1 + whole(2); times > 0 && frame.length > HEADER_BYTES; times--) {
    const at = random.chance(0.03) ? whole(HEADER_BYTES) : HEADER_BYTES + whole(frame.length - HEADER_BYTES);
    const kind = random.next();
    if (kind < 0.6) frame.writeUInt8(random.chance(0.5) ? whole(4) : whole(256), at);
    else if (kind < 0.75) frame = Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + whole(8))]);
    else if (kind < 0.9) frame = Buffer.concat([frame.subarray(0, at + 1 + whole(8)), frame.subarray(at)]);
    else frame.fill(Buffer.from([0x7f, 0xff, 0xff, 0xff]), at, Math.min(at + 4, frame.length));
  }
  return frame;
}

/** Key, version, correlation id, and the client id of those that we made. */
const HEADER_BYTES = 14;

/** With its size before it, which is now and then wrong too. */
function framed(body: Buffer, random: Random): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(random.chance(0.01) ? Math.floor(random.between(-(2 ** 31), 2 ** 31)) : body.length);
  return Buffer.concat([size, body]);
}

/** Sends the bytes, and closes the connection as soon as the broker has read them or has closed it itself. */
async function thrownAt(port: number, bytes: Buffer): Promise<void> {
  const over = Promise.withResolvers<void>();
  let sent = 0;
  const send = (socket: { write(bytes: Buffer): number; end(): unknown }) => {
    sent += Math.max(socket.write(bytes.subarray(sent)), 0);
    if (sent === bytes.length) socket.end();
  };
  await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { open: send, drain: send, data() {}, close: () => over.resolve(), error: () => over.resolve() },
  });
  await over.promise;
}

/** An honest client gets its answers, and finds what it has stored. */
async function expectAlive(broker: Broker, stored: bigint): Promise<void> {
  await using client = await connectWire(broker.address);
  expect((await append(client, "honest", batchOf({ records: [{ value: "x" }] }))).baseOffset).toBe(stored);
  expect((await offsetOf(client, "honest", LATEST)).offset).toBe(stored + 1n);
}

function residentMegabytes(): number {
  Bun.gc(true);
  return process.memoryUsage.rss() / 1024 / 1024;
}

test(
  `${FRAMES} random and mutated frames do nothing to anybody else`,
  async () => {
    const { seen, emit } = watched();
    await using broker = await openBroker({
      topics: [{ name: "orders", partitions: 3 }, { name: "honest" }],
      limits: LIMITS,
      emit,
    });
    const [first = Buffer.alloc(0), ...others] = corpus();
    const random = new Random(SEED);
    const port = broker.nodes[0]?.port ?? 0;
    let sent = 0;
    const began = performance.now();
    const throwSome = async () => {
      while (sent < FRAMES) {
        sent += FRAMES_PER_CONNECTION;
        const frames = Array.from({ length: FRAMES_PER_CONNECTION }, () =>
          framed(mutant([first, ...others], random), random),
        );
        await thrownAt(port, Buffer.concat(frames));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, throwSome));
    const tookMs = performance.now() - began;
    // Topics may be deleted by those who may make them: the honest one is made anew.
    if (!broker.topics.names.includes("honest")) broker.topics.create({ name: "honest" });
    await until("all are gone", () => broker.connections === 0);
    await expectAlive(broker, broker.topics.get("honest")?.partitions[0]?.log.endOffset ?? 0n);
    const rate = `${sent} frames of ${others.length + 1} kinds in ${Math.round(tookMs)} ms`;
    const closed = `${seen.closed} of ${sent / FRAMES_PER_CONNECTION} connections closed by the broker`;
    process.stdout.write(`fuzz: ${rate}, ${closed}, ${Math.round(residentMegabytes())} MB resident\n`);
    expect(seen.failed).toEqual([]);
  },
  { timeout: Math.max(60_000, FRAMES) },
);

test("memory stays flat under frames that are wrong", async () => {
  const { emit } = watched();
  await using broker = await openBroker({ topics: [{ name: "honest" }], limits: LIMITS, emit });
  const port = broker.nodes[0]?.port ?? 0;
  const random = new Random(SEED);
  // A size of 90 MB and a little of what it claims; a list of 2^31 elements; a frame of zeros.
  const wrong = [
    Buffer.concat([Buffer.from("055d4a80", "hex"), Buffer.alloc(100)]),
    Buffer.from("0000000e" + "0003000100000001ffff" + "7fffffff", "hex"),
    Buffer.concat([Buffer.from("00100000", "hex"), Buffer.alloc(0x100000)]),
  ] as const;
  const round = async (count: number) => {
    for (let done = 0; done < count; done += CONNECTIONS_AT_ONCE) {
      await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, () => thrownAt(port, random.pick([...wrong]))));
    }
    await until("all are gone", () => broker.connections === 0);
  };
  await round(1_000);
  const before = residentMegabytes();
  await round(2_000);
  const grown = residentMegabytes() - before;
  process.stdout.write(`fuzz: 2000 hostile connections more, ${grown.toFixed(1)} MB more resident\n`);
  expect(grown).toBeLessThan(60);
  await expectAlive(broker, 0n);
});

test("a client that sends a byte at a time is answered, and nobody waits for it", async () => {
  await using broker = await openBroker({ topics: [{ name: "honest" }] });
  await using slow = await connectWire(broker.address);
  const answered = Promise.withResolvers<Buffer>();
  slow.rawAnswer((frame) => answered.resolve(frame));
  const request = Buffer.concat(
    encodeRequest(MESSAGES.metadata, { apiVersion: 1, correlationId: 77, clientId: "slow" }, { topics: null }),
  );
  for (const [at, byte] of request.entries()) {
    slow.raw(Buffer.from([byte]));
    await expectAlive(broker, BigInt(at));
  }
  expect((await answered.promise).readInt32BE(0)).toBe(77);
});

test("2,000 connections are served, and leave nothing behind", async () => {
  await using broker = await openBroker({ topics: [{ name: "honest" }] });
  const before = residentMegabytes();
  const clients = [];
  for (let opened = 0; opened < 2_000; opened += 100) {
    clients.push(...(await Promise.all(Array.from({ length: 100 }, () => connectWire(broker.address)))));
  }
  const held = residentMegabytes() - before;
  expect(broker.connections).toBe(2_000);
  const answers = await Promise.all(clients.map((client) => offsetOf(client, "honest", LATEST)));
  expect(answers.every(({ errorCode }) => errorCode === 0)).toBe(true);
  for (const client of clients) client.close();
  await until("all are gone", () => broker.connections === 0);
  process.stdout.write(`fuzz: 2000 connections take ${held.toFixed(0)} MB, both ends together\n`);
  expect(held).toBeLessThan(150);
}, 30_000);
