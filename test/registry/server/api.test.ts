import { describe, expect, test } from "bun:test";
import { createRegistryApi, openStore } from "../../../src/registry/server/index.ts";
import { field, memberOf, openApi, record, sent } from "./asking.ts";

const V1 = "application/vnd.schemaregistry.v1+json";

describe("what is no call", () => {
  test.each([
    ["GET /nope", 404, "HTTP 404 Not Found"],
    ["GET /subjects//versions", 404, "HTTP 404 Not Found"],
    ["PATCH /subjects", 405, "HTTP 405 Method Not Allowed"],
    ["PUT /subjects/a/versions/1", 405, "HTTP 405 Method Not Allowed"],
    ["PATCH /contexts/c/subjects", 405, "HTTP 405 Method Not Allowed"],
    ["GET /schemas/ids/abc", 404, "HTTP 404 Not Found"],
    ["GET /schemas/ids/99999999999", 404, "HTTP 404 Not Found"],
    ["GET /subjects?offset=abc", 404, "HTTP 404 Not Found"],
    ["GET /subjects?limit=2147483648", 404, "HTTP 404 Not Found"],
    ["GET /subjects/%E0%A4%A/versions", 400, "The path's subject is not readable"],
    ["GET /contexts/a%3Ab/subjects", 400, "Context name 'a:b' cannot contain a colon"],
  ])("%s is answered %d as JSON", async (line, status, message) => {
    const answer = await openApi().ask(line);
    expect([answer.status, answer.body]).toEqual([status, { error_code: status, message }]);
    expect(answer.headers.get("content-type")).toBe(V1);
  });

  test("OPTIONS answers the methods of a path", async () => {
    const { status, headers } = await openApi().ask("OPTIONS /subjects/a");
    expect([status, headers.get("allow")]).toEqual([204, "POST, DELETE, OPTIONS"]);
  });

  test("HEAD is answered where GET is", async () => {
    expect((await openApi().ask("HEAD /subjects")).status).toBe(200);
  });

  test("a slash at the end of a path makes no difference", async () => {
    expect((await openApi().ask("GET /subjects/")).body).toEqual([]);
  });
});

describe("bodies", () => {
  test.each([
    ["not JSON", "{", 400],
    ["no object", "[1]", 400],
    ["null", "null", 400],
    ["a schema that is no text", '{"schema":{}}', 400],
    ["references that are no list", '{"schema":"\\"int\\"","references":1}', 400],
    ["a version that is no number", '{"schema":"\\"int\\"","version":"x"}', 400],
    ["a version that is not written in tens", '{"schema":"\\"int\\"","version":"0x1"}', 400],
    ["an id beyond 32 bits", '{"schema":"\\"int\\"","id":9007199254740993}', 400],
    ["nothing", "", 422],
  ])("a body that is %s is refused", async (_what, body, status) => {
    const answer = await openApi().ask("POST /subjects/a/versions", body);
    expect([answer.status, answer.body]).toMatchObject([status, { error_code: status }]);
  });

  test("attributes that are not known are ignored", async () => {
    const answer = await openApi().ask("POST /subjects/a/versions", { ...sent("int"), unheardOf: [1], ruleSet: {} });
    expect(answer.status).toBe(200);
  });

  test.each([
    "application/vnd.schemaregistry.v1+json",
    "application/vnd.schemaregistry+json; charset=utf-8",
    "application/octet-stream",
  ])("a body of %s is taken", async (type) => {
    const answer = await openApi().ask("POST /subjects/a/versions", sent("int"), { "content-type": type });
    expect(answer.status).toBe(200);
  });

  test("a body of another type is answered 415", async () => {
    const answer = await openApi().ask("POST /subjects/a/versions", "x", { "content-type": "text/csv" });
    expect([answer.status, answer.body]).toMatchObject([415, { error_code: 415 }]);
  });

  test("a body over the limit is answered 413, with a length or without", async () => {
    const app = createRegistryApi(openStore(":memory:"), { limits: { bodyBytesMax: 10 } });
    const post = async (init: RequestInit) =>
      (await app.handle(new Request("http://r.test/subjects/a", { method: "POST", ...init }))).status;
    const pieces = new ReadableStream({
      start(controller) {
        for (let index = 0; index < 3; index++) controller.enqueue(new Uint8Array(5));
        controller.close();
      },
    });
    expect(await post({ body: "x".repeat(11), headers: { "content-length": "11" } })).toBe(413);
    expect(await post({ body: pieces })).toBe(413);
  });
});

describe("answers", () => {
  test.each([
    [undefined, V1],
    ["*/*", V1],
    ["application/json", "application/json"],
    ["application/vnd.schemaregistry+json, application/json;q=0.9", "application/vnd.schemaregistry+json"],
    [`${V1}, application/json;q=0.9`, V1],
    ["text/html, application/json;q=0.3", "application/json"],
  ])("who accepts %p gets %s", async (accept, type) => {
    const { headers } = await openApi().ask("GET /subjects", undefined, accept === undefined ? {} : { accept });
    expect(headers.get("content-type")).toBe(type);
  });

  test("who accepts none of the types gets 406", async () => {
    expect((await openApi().ask("GET /subjects", undefined, { accept: "text/html" })).status).toBe(406);
  });

  test("a failure of the registry itself is answered 500 and told to the operator", async () => {
    const told: string[] = [];
    const { ask, store } = openApi({ emit: (name) => told.push(name) });
    store.close();
    const answer = await ask("GET /subjects");
    expect([answer.status, answer.body]).toMatchObject([500, { error_code: 50001 }]);
    expect(told).toEqual(["registry.failed"]);
  });
});

describe("users", () => {
  const users = [
    { username: "ci", password: "se:cret" },
    { username: "ü", password: "ö" },
  ];
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

  test.each([
    ["nothing", {}, 401],
    ["another password", basic("ci:other"), 401],
    ["another user", basic("x:se:cret"), 401],
    ["no base64", { authorization: "Basic %%%" }, 401],
    ["another scheme", { authorization: "Bearer ci:se:cret" }, 401],
    ["a user and the password", basic("ci:se:cret"), 200],
    ["the other user", basic("ü:ö"), 200],
  ])("a request with %s is answered %#", async (_what, headers, status) => {
    const answer = await openApi({ users }).ask("GET /subjects", undefined, headers);
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(answer.body).toEqual({ error_code: 401, message: "Unauthorized" });
      expect(answer.headers.get("www-authenticate")).toStartWith("Basic");
    }
  });

  test("paths that are not there tell nothing to strangers", async () => {
    const { ask } = openApi({ users });
    expect((await ask("GET /nope")).status).toBe(401);
    expect((await ask("POST /subjects/a/versions", "{")).status).toBe(401);
  });
});

describe("limits", () => {
  test("a schema that is too large is refused, and so is one with too much beside it", async () => {
    const { refused } = openApi({ limits: { schemaBytesMax: 200 } });
    const large = { ...record("A"), doc: "x".repeat(200) };
    expect(await refused("POST /subjects/a/versions", sent(large))).toEqual([422, 42209]);
    const metadata = { properties: { note: "x".repeat(200) } };
    expect(await refused("POST /subjects/a/versions", sent("int", { metadata }))).toEqual([422, 42209]);
  });

  test("of a schema with thousands of faults the first ones are listed", async () => {
    const fields = Array.from({ length: 5_000 }, (_, index) => field(`f${index}`, `N${index}`));
    const { body } = await openApi().ask("POST /subjects/a/versions", sent(record("A", ...fields)));
    const message = String(memberOf(body, "message"));
    expect(message).toStartWith("Invalid schema of type AVRO, details: /fields/0/type: unknown type `n.N0`; ");
    expect(message).toEndWith("; /fields/19/type: unknown type `n.N19`; and more");
  });

  test("a registry that is full takes no more, and finds what it has", async () => {
    const { refused, register } = openApi({ limits: { versionsMax: 2 } });
    await register("a", "int");
    await register("b", "int");
    expect(await refused("POST /subjects/c/versions", sent("int"))).toEqual([422, 42205]);
    expect(await register("a", "int")).toEqual([1, 1]);
  });

  test.each([
    ["a control character", "a%00b"],
    ["the name that is kept for the registry", "__GLOBAL"],
    ["the name that is kept for none", "__EMPTY"],
    ["the context beneath all", ":.__GLOBAL:a"],
    ["all contexts", ":*:a"],
    ["too many characters", "x".repeat(1_025)],
  ])("a subject with %s is refused", async (_what, subject) => {
    expect(await openApi().refused(`POST /subjects/${subject}/versions`, sent("int"))).toEqual([422, 42208]);
  });
});
