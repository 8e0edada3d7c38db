import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalog } from "../../src/catalog/index.ts";
import { createRegistry, RegistryError, type SchemaVersion } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { bodyOf, ORDERS, openApi, PAYMENTS } from "./open-api.ts";

const catalog = await loadCatalog("schemas");

/** The topic's own schema as an author would have it in the editor, changed. */
function textOf(topic: string, change: (fields: object[]) => object[] = (fields) => fields): string {
  const json: { fields: object[] } = JSON.parse(catalog.topic(topic)?.text ?? "");
  return JSON.stringify({ ...json, fields: change(json.fields) }, null, 2);
}

/** A registry that has every topic's schema as its one version. */
const registered = {
  versions: async (subject: string) => (catalog.topics.some((one) => one.subject === subject) ? [1] : []),
  version: async (subject: string): Promise<SchemaVersion | undefined> => {
    const found = catalog.topics.find((one) => one.subject === subject);
    return found && { id: 2, version: 1, text: found.text, references: [], schema: found.schema };
  },
};

async function check(body: unknown, options: Parameters<typeof openApi>[0] = {}) {
  const api = await openApi({ catalog, registry: registered, ...options });
  const response = await api.ask("/schemas/check", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get("content-type"), body: await bodyOf(response) };
}

/** A folder with one file. */
function folderWith(name: string, text: string) {
  const path = mkdtempSync(join(tmpdir(), "sluice-schemas-"));
  writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const added = (field: object) => (fields: object[]) => [...fields, field];

describe("checking a schema", () => {
  test("says what it would break, on which line of the text that was sent", async () => {
    const schema = textOf(ORDERS, added({ name: "weight", type: "int" }));
    const { status, body } = await check({ topic: ORDERS, schema });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: 1,
      counts: { errors: 1 },
      bases: [{ name: "registry", versions: 1 }],
      findings: [
        {
          rule: "READER_FIELD_MISSING_DEFAULT_VALUE",
          subject: `${ORDERS}-value`,
          field: "weight",
          place: {
            file: "schemas/orders.order.created/v1.avsc",
            line: schema.split("\n").findIndex((line) => line.includes('"weight"')) + 1,
          },
          against: [{ base: "registry", version: 1 }],
        },
      ],
    });
  });

  test("finds nothing in what is registered, however it is written", async () => {
    for (const schema of [textOf(ORDERS), JSON.parse(textOf(ORDERS))]) {
      const { body } = await check({ subject: `${ORDERS}-value`, schema });
      expect(body).toMatchObject({ findings: [], subjects: [{ subject: `${ORDERS}-value`, status: "unchanged" }] });
    }
  });

  test("knows the types that schemas share by their names", async () => {
    const schema = textOf(PAYMENTS);
    expect(schema).toContain("shared.Money");
    expect((await check({ topic: PAYMENTS, schema })).body).toMatchObject({ counts: { errors: 0 } });
  });

  test("holds it to what is declared of its topic: the key must be there", async () => {
    const schema = textOf(ORDERS, (fields) => fields.filter((one) => !("name" in one) || one.name !== "order_id"));
    const { body } = await check({ topic: ORDERS, schema });
    expect(JSON.stringify(body)).toContain("order_id");
    expect(body).toMatchObject({ counts: { errors: expect.any(Number) } });
    expect(JSON.stringify(body.findings)).toContain('"rule":"TOPIC_INVALID"');
  });

  test("a topic that is not there is a new one, which is information", async () => {
    const { status, body } = await check({ topic: "shop.cart.emptied.v1", schema: textOf(ORDERS) });
    expect([status, body.findings]).toMatchObject([200, [{ rule: "SUBJECT_ADDED", severity: "info" }]]);
  });

  test("what is no schema is a finding, at its place", async () => {
    const schema = '{ "type": "record", "name": "A", "fields": [\n  { "name": "a", "type": "strng" }\n] }';
    const { status, body } = await check({ topic: ORDERS, schema });
    const wrong = { rule: "SCHEMA_INVALID", severity: "error", place: { line: 2, column: 26 } };
    expect([status, body.findings]).toMatchObject([200, [wrong]]);
  });

  test("rules are set, and findings lived with, as gate.yaml beside the schemas says", async () => {
    using dir = folderWith(
      "gate.yaml",
      `rules: { TS_NUMBER_PRECISION: error }
ignore:
  - { rule: READER_FIELD_MISSING_DEFAULT_VALUE, subject: ${ORDERS}-value, reason: agreed, until: 2999-01-01 }
  - { rule: TYPE_MISMATCH, subject: ${ORDERS}-value, reason: of another day, until: 2999-01-01 }
`,
    );
    const schema = textOf(ORDERS, added({ name: "weight", type: "int" }));
    const { body } = await check({ topic: ORDERS, schema }, { schemasDir: dir.path });
    expect(body).toMatchObject({ findings: [], ignored: [{ reason: "agreed" }] });
    const wider = textOf(ORDERS).replace('"int"', '"long"');
    expect((await check({ topic: ORDERS, schema: wider }, { schemasDir: dir.path })).body).toMatchObject({
      findings: [{ rule: "TS_NUMBER_PRECISION", severity: "error" }],
    });
    writeFileSync(join(dir.path, "gate.yaml"), "");
    expect((await check({ topic: ORDERS, schema }, { schemasDir: dir.path })).body).toMatchObject({
      counts: { errors: 1, ignored: 0 },
    });
  });

  test("nothing is registered, and the registry is asked nothing of a schema that is none", async () => {
    const asked: string[] = [];
    const versions = async (subject: string) => {
      asked.push(subject);
      return [];
    };
    await check({ topic: ORDERS, schema: '"nothing.Known"' }, { registry: { ...registered, versions } });
    expect(asked).toEqual([]);
  });

  test("answers what the embedded registry's own check answers", async () => {
    await using server = await openRegistry();
    const registry = createRegistry({ url: server.url });
    const topic = catalog.topic(ORDERS);
    await registry.register(`${ORDERS}-value`, { text: topic?.text ?? "", references: [] });
    const asked = { topic: ORDERS, schema: textOf(ORDERS, added({ name: "weight", type: "int" })) };
    const door = await check(asked, { registry });
    const answer = await fetch(`${server.url}/console/schemas/check`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    const own = await bodyOf(answer);
    expect(own.findings).toEqual(door.body.findings);
    expect(own.findings).toHaveLength(1);
  });
});

describe("a request that asks for no check", () => {
  test("is 422 with all that is wrong with it", async () => {
    const { status, type, body } = await check({ topic: 7, against: "newest", references: [{ name: "a" }], more: 1 });
    expect([status, type]).toEqual([422, "application/problem+json"]);
    expect(body).toMatchObject({
      type: "urn:sluice:problem:invalid-check",
      retryable: false,
      errors: [
        { pointer: "/more", expected: "one of topic, subject, schema, references, against" },
        { pointer: "/topic", found: "7" },
        { pointer: "/schema", found: "nothing" },
        { pointer: "/references/0" },
        { pointer: "/against", found: '"newest"' },
      ],
    });
  });

  test.each<[string, unknown, number]>([
    ["no object", [], 422],
    ["neither a topic nor a subject", { schema: "{}" }, 422],
    ["a topic and another subject", { topic: "a", subject: "b-value", schema: "{}" }, 422],
    ["a version that is not there", { topic: ORDERS, schema: textOf(ORDERS), against: 9 }, 422],
    ["a schema as deep as a well", `{"topic":"a","schema":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, 422],
    ["no JSON", '{"topic":', 400],
    ["no body", "", 400],
    ["more than a schema has", { topic: ORDERS, schema: "x".repeat(140_000) }, 413],
  ])("%s", async (_what, body, status) => {
    expect((await check(body)).status).toBe(status);
  });

  test("another schema under an old name is refused before it costs much", async () => {
    const wide = (type: unknown) => ({
      type: "record",
      name: "A",
      fields: Array.from({ length: 2_000 }, (_, at) => ({ name: `f${at}`, type })),
    });
    await using server = await openRegistry();
    const registry = createRegistry({ url: server.url });
    await registry.register("a-value", { text: JSON.stringify(wide("string")), references: [] });
    const { status, body } = await check({ subject: "a-value", schema: JSON.stringify(wide("int")) }, { registry });
    expect([status, body.errors]).toMatchObject([422, [{ pointer: "/schema" }]]);
  });

  test("media types other than JSON are 415", async () => {
    const api = await openApi();
    const response = await api.ask("/schemas/check", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: "a",
    });
    expect(response.status).toBe(415);
  });
});

describe("a check that cannot be done now", () => {
  test("is 503 while the registry is away", async () => {
    const versions = async () => {
      throw new RegistryError("UNREACHABLE", "no connection");
    };
    const { status, body } = await check(
      { topic: ORDERS, schema: textOf(ORDERS) },
      { registry: { ...registered, versions } },
    );
    expect([status, body.type, body.retryable]).toEqual([503, "urn:sluice:problem:registry-unavailable", true]);
  });

  test("is 503 where too many wait", async () => {
    const held = Promise.withResolvers<number[]>();
    const entered = Promise.withResolvers<void>();
    const versions = () => {
      entered.resolve();
      return held.promise;
    };
    const api = await openApi({ catalog, registry: { ...registered, versions }, limits: { checksWaitingMax: 1 } });
    const ask = () =>
      api.ask("/schemas/check", { method: "POST", body: JSON.stringify({ topic: ORDERS, schema: textOf(ORDERS) }) });
    const first = ask();
    await entered.promise;
    const second = await ask();
    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
    held.resolve([]);
    expect((await first).status).toBe(200);
    expect((await ask()).status).toBe(200);
  });
});
