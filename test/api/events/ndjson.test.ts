import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { LineSplitter } from "../../../src/api/events/lines.ts";
import type { Delivery } from "../../../src/kafka/index.ts";
import { until } from "../../support/until.ts";
import { bodyOf, ORDER, ORDERS, openApi } from "../open-api.ts";

const NDJSON = { "content-type": "application/x-ndjson" };
const STREAMED = { ...NDJSON, accept: "application/x-ndjson" };
const line = (number: number) => `${JSON.stringify({ ...ORDER, order_id: `ord-${number}` })}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, number) => line(number)).join("");

describe("newline-delimited JSON", () => {
  test("is answered like a batch, in the order of its lines", async () => {
    const api = await openApi();
    const response = await api.post(`${line(0)}\r\n  \n{"wrong\n${line(1)}`, NDJSON);
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({
      stored: 2,
      failed: 1,
      results: [{ offset: "0" }, { index: 1, type: "urn:sluice:problem:malformed-json" }, { offset: "1" }],
    });
  });

  test("has problems that speak of the line", async () => {
    const api = await openApi();
    const response = await api.post(Buffer.from('{"wrong\n"caf\xe9"\n', "latin1"), NDJSON);
    expect((await bodyOf(response)).results).toMatchObject([
      { detail: "column 2 of the line: the string does not end", column: 2 },
      { detail: "the line is not valid UTF-8" },
    ]);
  });

  test("needs no line end after its last line, and may be empty", async () => {
    const api = await openApi();
    expect(await bodyOf(await api.post(line(0).trimEnd(), NDJSON))).toMatchObject({ stored: 1 });
    expect(await bodyOf(await api.post("", NDJSON))).toEqual({ stored: 0, failed: 0, results: [] });
  });

  test("is unpacked while it arrives", async () => {
    const api = await openApi();
    const response = await api.post(Bun.gzipSync(lines(2_000)), { ...NDJSON, "content-encoding": "gzip" });
    expect(await bodyOf(response)).toMatchObject({ stored: 2_000, failed: 0 });
  });

  test("that unpacks to much lets other requests have their turns", async () => {
    const api = await openApi();
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    const bomb = Bun.gzipSync(Buffer.alloc(2_000_000, "\n"));
    const response = await api.post(bomb, { ...NDJSON, "content-encoding": "gzip" });
    clearInterval(counting);
    expect(response.status).toBe(200);
    expect(turns).toBeGreaterThan(5);
  });

  test("may be larger than a body may be, and a line must not", async () => {
    const api = await openApi({ limits: { bodyBytesMax: 1_000 } });
    expect((await api.post(lines(100), NDJSON)).status).toBe(200);
    const response = await api.post(`${line(0)}"${"x".repeat(1_000)}"\n${line(1)}`, NDJSON);
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({
      stored: 1,
      failed: 1,
      results: [{ partition: 0 }, { index: 1, status: 413 }],
    });
  });

  test("beyond the limit of events stops there, and says so last", async () => {
    const api = await openApi({ limits: { batchEventsMax: 3 } });
    const response = await api.post(lines(5), NDJSON);
    expect(response.status).toBe(207);
    expect(await bodyOf(response)).toMatchObject({
      stored: 3,
      failed: 1,
      results: [{}, {}, {}, { index: 3, type: "urn:sluice:problem:too-many-events" }],
    });
    expect(api.producer.records).toHaveLength(3);
  });

  test("is refused at once while Kafka is away", async () => {
    const api = await openApi();
    api.producer.reachable = false;
    for (const headers of [NDJSON, STREAMED]) expect((await api.post(lines(1), headers)).status).toBe(503);
  });

  test("does not wait for Kafka once it goes away in the middle", async () => {
    const api = await openApi();
    api.producer.fate = () => {
      api.producer.reachable = false;
      return undefined;
    };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let number = 0; number < 3; number++) controller.enqueue(Buffer.from(line(number)));
        controller.close();
      },
    });
    expect(await bodyOf(await api.post(body, NDJSON))).toMatchObject({
      stored: 1,
      failed: 2,
      results: [{}, { index: 1, status: 503 }, { index: 2, status: 503 }],
    });
  });

  // Without a limit, one client that sends faster than Kafka takes fills the memory of the process.
  test("is read no further while too many of its events wait for Kafka", async () => {
    const api = await openApi({ limits: { linesInFlightMax: 10 } });
    const held: (() => void)[] = [];
    let sent = 0;
    api.producer.fate = (record) => {
      sent++;
      return new Promise<Delivery>((resolve) => held.push(() => resolve(api.producer.store(record))));
    };
    let read = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (read === 100) controller.close();
          else controller.enqueue(Buffer.from(line(read++)));
        },
      },
      { highWaterMark: 0 },
    );
    const answer = api.post(body, NDJSON);
    await until("the limit is reached", () => sent === 11);
    expect(read).toBeLessThan(20);
    const release = setInterval(() => {
      for (const store of held.splice(0)) store();
    }, 1);
    expect(await bodyOf(await answer)).toMatchObject({ stored: 100, failed: 0 });
    clearInterval(release);
  });
});

describe("newline-delimited JSON, answered line by line", () => {
  test("has a line for each event and the sums in the last, without a limit of events", async () => {
    const api = await openApi({ limits: { batchEventsMax: 3 } });
    const response = await api.post(`${lines(20)}{}\n`, STREAMED);
    expect(response.status).toBe(207);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const results = (await response.text()).trimEnd().split("\n");
    expect(results).toHaveLength(22);
    expect(JSON.parse(results[20] ?? "")).toMatchObject({ index: 20, status: 422 });
    expect(JSON.parse(results[21] ?? "")).toEqual({ stored: 20, failed: 1 });
  });

  test("answers a line before the next one is sent", async () => {
    const api = await openApi();
    await using server = api.listen();
    const socket = connect(server.port, "127.0.0.1");
    let answered = "";
    socket.on("data", (bytes) => {
      answered += bytes.toString();
    });
    const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    const headers = Object.entries(STREAMED).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `POST /topics/${ORDERS}/events HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n${headers.join("")}\r\n`,
    );
    socket.write(chunk(line(0)));
    await until("the first receipt", () => answered.includes('"offset":"0"'));
    socket.write(chunk(line(1)));
    await until("the second receipt", () => answered.includes('"offset":"1"'));
    socket.write("0\r\n\r\n");
    await until("the sums", () => answered.includes('{"stored":2,"failed":0}'));
    socket.destroy();
  });

  test("is not read further than its client takes results", async () => {
    const api = await openApi();
    let read = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (read === 20_000) controller.close();
          else controller.enqueue(Buffer.from(line(read++)));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await api.post(body, STREAMED);
    await until("reading has stopped", async () => {
      const before = read;
      await Bun.sleep(20);
      return read > 0 && read === before;
    });
    expect(read).toBeLessThan(5_000);
    expect(await response.text()).toEndWith('{"stored":20000,"failed":0}\n');
  });

  test("stores the rest although the client has gone away", async () => {
    const api = await openApi();
    const response = await api.post(lines(100), STREAMED);
    await response.body?.cancel();
    await until("all are stored", () => api.producer.records.length === 100);
    await until("nothing is under way", () => api.door.inFlight() === 0);
  });
});

describe("LineSplitter", () => {
  const split = (pieces: readonly string[]) => {
    const splitter = new LineSplitter(100);
    const found = pieces.flatMap((piece) => splitter.push(Buffer.from(piece)).lines);
    return [...found, ...splitter.end()].map((bytes) => Buffer.from(bytes).toString());
  };

  test("finds the same lines however the bytes are cut", () => {
    const text = "one\ntwo\r\n\n \t\nthree";
    for (let at = 0; at <= text.length; at++) {
      for (let to = at; to <= text.length; to++) {
        expect(split([text.slice(0, at), text.slice(at, to), text.slice(to)])).toEqual(["one", "two", "three"]);
      }
    }
  });

  test("refuses a line over the limit that has not ended, and keeps the lines before it", () => {
    const splitter = new LineSplitter(5);
    const { lines: before, problem } = splitter.push(Buffer.from("abcde\nabcdef"));
    expect(before.map(String)).toHaveLength(1);
    expect(problem?.kind).toBe("BODY_TOO_LARGE");
  });
});
