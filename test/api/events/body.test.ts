import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { until } from "../../support/until.ts";
import { bodyOf, ORDER, ORDERS, openApi } from "../open-api.ts";

const JSON_TYPE = "application/json";
const valid = JSON.stringify(ORDER);

describe("a body", () => {
  test.each([
    ["empty", "", 400, "empty-body"],
    ["a scalar", "42", 422, "invalid-event"],
    ["null", "null", 422, "invalid-event"],
    ["two values", "{} {}", 400, "malformed-json"],
    ["a comment", "{} // no", 400, "malformed-json"],
    ["10,000 open brackets", "[".repeat(10_000), 400, "malformed-json"],
    ["10,000 nested arrays", "[".repeat(10_000) + "]".repeat(10_000), 422, "invalid-batch"],
    ["10,000 nested objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, 422, "invalid-event"],
    ["a __proto__ key", valid.replace("{", '{"__proto__":{"order_id":"x"},'), 422, "invalid-event"],
    ["a constructor key", valid.replace("{", '{"constructor":1,'), 422, "invalid-event"],
    ["half a surrogate pair", valid.replace("ord-1", "\\ud800"), 422, "invalid-event"],
    ["a NUL byte outside of a string", `{\0}`, 400, "malformed-json"],
    ["a NUL byte that is not escaped", valid.replace("ord-1", "a\0b"), 400, "malformed-json"],
  ])("that is %p… is answered", async (_what, body, status, type) => {
    const api = await openApi();
    const response = await api.post(body);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect((await bodyOf(response)).type).toBe(`urn:sluice:problem:${type}`);
    expect(api.producer.records).toBeEmpty();
  });

  test("that is not JSON is answered with the place", async () => {
    const api = await openApi();
    expect(await bodyOf(await api.post('{\n  "order_id": "a",\n  "total_cents": }'))).toMatchObject({
      status: 400,
      line: 3,
      column: 18,
      detail: "line 3, column 18: a value is expected",
    });
  });

  test.each([
    ["[[[", "line 1, column 4: the array does not end: a closing bracket is expected"],
    ['{"a":\n{', "line 2, column 2: the object does not end: a closing brace is expected"],
  ])("that does not end, %p…, is answered with what does not", async (body, detail) => {
    const api = await openApi();
    const { line, column, ...problem } = await bodyOf(await api.post(body));
    expect(problem).toMatchObject({ status: 400, detail });
    expect(detail).toStartWith(`line ${line}, column ${column}: `);
  });

  test("that does not end, too deep for the parser that finds the place, has its end for a place", async () => {
    const api = await openApi();
    const { detail } = await bodyOf(await api.post(`[\n${"[".repeat(100_000)}`));
    expect(detail).toBe("line 2, column 100001: the JSON does not end");
  });

  test("that names errors at depth names each by its pointer", async () => {
    const api = await openApi();
    const wrong = { ...ORDER, items: [ORDER.items[0], { sku: 1, quantity: 1.5, price_cents: "x" }] };
    const { errors } = await bodyOf(await api.post(JSON.stringify(wrong)));
    expect(errors).toMatchObject([
      { pointer: "/items/1/sku", expected: expect.any(String), found: expect.any(String) },
      { pointer: "/items/1/quantity" },
      { pointer: "/items/1/price_cents" },
    ]);
  });

  test("with an undeclared field is told which one was meant", async () => {
    const api = await openApi();
    const { detail } = await bodyOf(await api.post(JSON.stringify({ ...ORDER, notte: "x" })));
    expect(detail).toContain("unknown field `notte`; did you mean `note`?");
  });

  test("with a NUL in a string is stored as it is", async () => {
    const api = await openApi();
    expect((await api.post(JSON.stringify({ ...ORDER, order_id: "a\0b" }))).status).toBe(200);
    expect(api.producer.records[0]?.key).toBe("a\0b");
  });

  test("may begin with a byte order mark, and a name given twice counts with its last value", async () => {
    const api = await openApi();
    expect((await api.post(`\ufeff${valid.replace("{", '{"order_id":"first",')}`)).status).toBe(200);
    expect(api.producer.records[0]?.key).toBe("ord-1");
  });

  test("that is not UTF-8 is refused, not stored with replacement characters", async () => {
    const api = await openApi();
    const bytes = new Uint8Array(Buffer.from(valid.replace("ord-1", "caf\xe9"), "latin1"));
    const response = await api.post(bytes);
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).type).toBe("urn:sluice:problem:invalid-encoding");
  });

  test.each([["gzip"], ["GZIP"], ["x-gzip"]])("is unpacked from %s", async (encoding) => {
    const api = await openApi();
    expect((await api.post(Bun.gzipSync(valid), { "content-encoding": encoding })).status).toBe(200);
  });

  test("that unpacks to more than the limit is not unpacked further", async () => {
    const api = await openApi();
    const bomb = Bun.gzipSync(Buffer.alloc(50_000_000, " "));
    const response = await api.post(bomb, { "content-encoding": "gzip" });
    expect(response.status).toBe(413);
  });

  test("that is not gzip as it says is answered 400, and another encoding 415", async () => {
    const api = await openApi();
    expect((await api.post(valid, { "content-encoding": "gzip" })).status).toBe(400);
    const response = await api.post(valid, { "content-encoding": "br" });
    expect(response.status).toBe(415);
    expect(response.headers.get("accept-encoding")).toBe("gzip, identity");
  });
});

describe("a media type", () => {
  test.each([
    ["application/json; charset=utf-8"],
    ['application/json;charset="UTF-8"'],
    ["Application/JSON"],
    ["application/json;odata=verbose"],
  ])("%p is JSON", async (type) => {
    const api = await openApi();
    expect((await api.post(valid, { "content-type": type })).status).toBe(200);
  });

  test.each([
    ["application/x-www-form-urlencoded"],
    ["text/plain"],
    ["application/json; charset=iso-8859-1"],
    ["__proto__"],
    [""],
  ])("%p is answered 415 with those that are accepted", async (type) => {
    const api = await openApi();
    const response = await api.post(valid, { "content-type": type });
    expect(response.status).toBe(415);
    expect(response.headers.get("accept-post")).toContain(JSON_TYPE);
    expect((await bodyOf(response)).accepted).toContain(JSON_TYPE);
  });
});

describe("on a socket", () => {
  const TEN_MEGABYTES = 10_000_000;
  const url = (base: string) => `${base}/topics/${ORDERS}/events`;
  const headers = { "content-type": JSON_TYPE };

  test("a body of 10 MB is answered 413, not with a closed connection", async () => {
    const api = await openApi();
    await using server = api.listen();
    const body = Buffer.alloc(TEN_MEGABYTES, " ");
    const response = await fetch(url(server.url), { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect((await bodyOf(response)).bytesMax).toBe(4_194_304);
  });

  test("a body that does not say its length is answered 413 as soon as it is too long", async () => {
    const api = await openApi();
    await using server = api.listen();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000));
        sent += 100_000;
        if (sent >= TEN_MEGABYTES * 10) controller.close();
      },
    });
    const response = await fetch(url(server.url), { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(TEN_MEGABYTES * 10);
  });

  test("a body that does not come is answered 408 within the time", async () => {
    const api = await openApi({ limits: { bodyTimeoutMs: 100 } });
    await using server = api.listen();
    const socket = connect(server.port, "127.0.0.1");
    let answered = "";
    socket.on("data", (bytes) => {
      answered += bytes.toString();
    });
    socket.write(
      `POST /topics/${ORDERS}/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 1000\r\n\r\n{"a`,
    );
    await until("the answer", () => answered.includes("urn:sluice:problem:body-timeout"));
    expect(answered).toStartWith("HTTP/1.1 408");
    socket.destroy();
  });

  test("a client that leaves in the middle of its body leaves nothing behind", async () => {
    const api = await openApi();
    await using server = api.listen();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      `POST /topics/${ORDERS}/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 1000\r\n\r\n{"a`,
    );
    await until("the request is under way", () => api.door.inFlight() === 1);
    socket.destroy();
    await until("nothing is under way", () => api.door.inFlight() === 0);
    expect(api.told).toBeEmpty();
    expect((await fetch(url(server.url), { method: "POST", headers, body: valid })).status).toBe(200);
  });
});
