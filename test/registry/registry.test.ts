import { describe, expect, test } from "bun:test";
import { RegistryError, type RegistrySettings } from "../../src/registry/index.ts";
import { createRegistry as build } from "../../src/registry/registry.ts";
import { type FakeConfluent, startFakeConfluent } from "./fake-confluent.ts";

const A = { text: '{"type":"record","name":"A","fields":[{"name":"a","type":"string"}]}', references: [] };
const B = { text: '{"type":"record","name":"B","fields":[]}', references: [] };

/** A client whose clock is moved by hand. */
function clientOf(fake: FakeConfluent, settings: Partial<RegistrySettings> = {}) {
  const clock = { now: 0 };
  const surroundings = { now: () => clock.now, random: () => 1, sleep: async () => {} };
  return { registry: build({ url: fake.url, ...settings }, surroundings), clock };
}

async function failure(call: Promise<unknown>): Promise<RegistryError> {
  const error = await call.then(
    () => new Error("nothing failed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RegistryError) return error;
  throw error;
}

const asked = (fake: FakeConfluent, request: string) => fake.requests.filter((one) => one === request).length;

describe("what is remembered", () => {
  test("a schema is fetched by its id once, whatever time passes", async () => {
    using fake = startFakeConfluent();
    const { registry, clock } = clientOf(fake);
    await registry.register("a", A);
    const schema = await registry.schemaById(1);
    clock.now += 365 * 24 * 3600 * 1000;
    expect(await registry.schemaById(1)).toBe(schema);
    expect(asked(fake, "GET /schemas/ids/1")).toBe(1);
  });

  test("no more schemas are kept than allowed; the longest unused goes first", async () => {
    using fake = startFakeConfluent();
    const { registry } = clientOf(fake, { schemasMax: 2 });
    await registry.register("a", A);
    await registry.register("b", B);
    await registry.register("c", { ...B, text: '"string"' });
    await registry.schemaById(1);
    await registry.schemaById(2);
    await registry.schemaById(1);
    await registry.schemaById(3);
    await registry.schemaById(1);
    expect(asked(fake, "GET /schemas/ids/1")).toBe(1);
    await registry.schemaById(2);
    expect(asked(fake, "GET /schemas/ids/2")).toBe(2);
  });

  test("a hundred calls at once for one id make one request", async () => {
    using fake = startFakeConfluent();
    const { registry } = clientOf(fake);
    await registry.register("a", A);
    const schemas = await Promise.all(Array.from({ length: 100 }, () => registry.schemaById(1)));
    expect(new Set(schemas).size).toBe(1);
    expect(asked(fake, "GET /schemas/ids/1")).toBe(1);
  });

  test("a failure is shared by those who waited for it, and not by the next", async () => {
    using fake = startFakeConfluent();
    const { registry } = clientOf(fake, { attempts: 1 });
    await registry.register("a", A);
    fake.instead.push(() => new Response("", { status: 500 }));
    const [one, other] = await Promise.all([failure(registry.schemaById(1)), failure(registry.schemaById(1))]);
    expect([one?.kind, other?.kind]).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
    expect((await registry.schemaById(1)).name).toBe("A");
  });

  test("an unknown id is asked for once in some seconds", async () => {
    using fake = startFakeConfluent();
    const { registry, clock } = clientOf(fake, { missTtlMs: 5_000 });
    for (let count = 0; count < 10; count++) {
      expect((await failure(registry.schemaById(7))).kind).toBe("SCHEMA_NOT_FOUND");
    }
    expect(asked(fake, "GET /schemas/ids/7")).toBe(1);
    clock.now += 5_000;
    await failure(registry.schemaById(7));
    expect(asked(fake, "GET /schemas/ids/7")).toBe(2);
  });

  test("an id that was unknown is known once this client registers it", async () => {
    using fake = startFakeConfluent();
    const { registry } = clientOf(fake);
    await failure(registry.schemaById(1));
    await registry.register("a", A);
    expect((await registry.schemaById(1)).name).toBe("A");
  });

  test("latest is asked for again after its time, and what others registered is seen then", async () => {
    using fake = startFakeConfluent();
    const { registry, clock } = clientOf(fake, { latestTtlMs: 10_000 });
    await registry.register("a", A);
    await registry.version("a", "latest");
    await clientOf(fake).registry.register("a", B);

    clock.now += 9_999;
    expect((await registry.version("a", "latest"))?.version).toBe(1);
    clock.now += 1;
    expect((await registry.version("a", "latest"))?.version).toBe(2);
    expect(asked(fake, "GET /subjects/a/versions/latest")).toBe(2);
  });

  test("a subject without versions is asked for once in some seconds", async () => {
    using fake = startFakeConfluent();
    const { registry, clock } = clientOf(fake);
    await registry.version("a", "latest");
    expect(await registry.version("a", "latest")).toBeUndefined();
    expect(fake.requests).toHaveLength(1);
    clock.now += 60_000;
    await registry.version("a", "latest");
    expect(fake.requests).toHaveLength(2);
  });
});

describe("answers of different makers and releases", () => {
  const answering = async (
    body: unknown,
    status: number,
    ask: (client: ReturnType<typeof build>) => Promise<unknown>,
  ) => {
    using fake = startFakeConfluent();
    fake.instead.push(() => Response.json(body, { status }));
    return await ask(clientOf(fake).registry);
  };

  test.each([
    ["Confluent since 7.0", { error_code: 40408, message: "" }],
    ["Confluent before 7.0, and Apicurio", { error_code: 40401, message: "" }],
  ])("%s: a subject without a level of its own has none", async (_maker, body) => {
    expect(await answering(body, 404, (registry) => registry.level("a"))).toBeUndefined();
  });

  test.each([
    ["Confluent", { is_compatible: false, messages: ["one", "two"] }, ["one", "two"]],
    ["Apicurio", { is_compatible: false, reason: "one" }, ["one"]],
    ["one that says no more", { is_compatible: false }, []],
  ])("%s: reasons are listed", async (_maker, body, messages) => {
    const verdict = await answering(body, 200, (registry) => registry.compatible("a", A));
    expect(verdict).toEqual({ compatible: false, messages });
  });

  test.each([409, 40901])("409 with error_code %d is INCOMPATIBLE", async (code) => {
    const body = { error_code: code, message: "incompatible" };
    const error = await failure(answering(body, 409, (registry) => registry.register("a", A)));
    expect([error.kind, error.code]).toEqual(["INCOMPATIBLE", code]);
  });

  test.each([
    ["7.x", { id: 12 }],
    ["8.x", { id: 12, version: 3, guid: "1b4e", schemaType: "AVRO", schema: "{}", ts: 1, deleted: false }],
  ])("%s: the answer to a registration has the id", async (_release, body) => {
    expect(await answering(body, 200, (registry) => registry.register("a", A))).toBe(12);
  });

  test.each([
    ["absent", { schema: '"string"' }],
    ["AVRO", { schema: '"string"', schemaType: "AVRO", references: [] }],
  ])("a schemaType that is %s means Avro", async (_type, body) => {
    const schema = await answering(body, 200, (registry) => registry.schemaById(1));
    expect(schema).toMatchObject({ json: "string" });
  });

  test("a schema of another type is refused by its type", async () => {
    const body = { schema: 'syntax = "proto3";', schemaType: "PROTOBUF" };
    const error = await failure(answering(body, 200, (registry) => registry.schemaById(1)));
    expect(error.message).toContain("PROTOBUF");
  });

  test("a stored schema that Avro does not allow is INVALID_SCHEMA", async () => {
    const error = await failure(answering({ schema: '{"type":"recrod"}' }, 200, (registry) => registry.schemaById(1)));
    expect(error.kind).toBe("INVALID_SCHEMA");
  });

  test("a refusal with a number that is not in the table keeps its number and words", async () => {
    const body = { error_code: 42211, message: "The context has subjects" };
    const error = await failure(answering(body, 422, (registry) => registry.register("a", A)));
    expect([error.kind, error.code]).toEqual(["REFUSED", 42211]);
    expect(error.message).toContain("The context has subjects");
  });
});

test("references that lead back to themselves end with an error", async () => {
  using fake = startFakeConfluent();
  const looping = { schema: '{"type":"record","name":"L","fields":[]}', id: 1, version: 1, subject: "loop" };
  const answer = () => Response.json({ ...looping, references: [{ name: "L", subject: "loop", version: 1 }] });
  fake.instead.push(answer, answer, answer);
  const error = await failure(clientOf(fake).registry.schemaById(1));
  expect(error.kind).toBe("INVALID_SCHEMA");
  expect(error.message).toContain("loop version 1");
});
