/**
 * What @kafkajs/confluent-schema-registry gets wrong as a client, each beside what ours does with the same registry. The
 * package's half is here so that we notice when a release mends it: then the reason to go without it is gone.
 */
import { describe, expect, test } from "bun:test";
import { SchemaRegistry as Package, SchemaType } from "@kafkajs/confluent-schema-registry";
import avsc from "avsc";
import manifest from "../../package.json" with { type: "json" };
import {
  createCodec,
  createDecoderCache,
  DecodeError,
  frame,
  InvalidValue,
  parseSchema,
  unframe,
} from "../../src/avro/index.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import { applySchemas, createRegistry, RegistryError } from "../../src/registry/index.ts";
import { startFakeConfluent } from "./fake-confluent.ts";

const A = { type: "record" as const, name: "A", namespace: "n", fields: [{ name: "a", type: "string" }] };
const asText = (schema: unknown) => ({ text: JSON.stringify(schema), references: [] });

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("levels", () => {
  test("the package lowers a subject under a stricter registry to BACKWARD, after registering", async () => {
    using fake = startFakeConfluent({ globalLevel: "FULL_TRANSITIVE" });
    await new Package({ host: fake.url }).register(A, { subject: "a" });
    expect(fake.levels.get("a")).toBe("BACKWARD");
    expect(fake.requests).toEqual(["GET /config/a", "POST /subjects/a/versions", "PUT /config/a"]);
  });

  test("ours registers and leaves levels alone", async () => {
    using fake = startFakeConfluent({ globalLevel: "FULL_TRANSITIVE" });
    await createRegistry({ url: fake.url }).register("a", asText(A));
    expect(fake.levels.size).toBe(0);
  });

  test("ours, given a catalog, sets the levels that it names, each before the first registration", async () => {
    using fake = startFakeConfluent({ globalLevel: "FULL_TRANSITIVE" });
    const catalog = await loadCatalog("schemas");
    await applySchemas(createRegistry({ url: fake.url }), catalog);

    const writes = fake.requests.filter((one) => one.startsWith("PUT") || one.endsWith("/versions"));
    const changes = writes.filter((one) => !one.startsWith("GET"));
    expect(changes.map((one) => one.split(" ")[0])).toEqual([...Array(4).fill("PUT"), ...Array(4).fill("POST")]);
    for (const { subject, compatibility } of catalog.topics) expect(fake.levels.get(subject)).toBe(compatibility);
  });

  test("the package refuses to register where the level is not the one it was called with; ours registers", async () => {
    using fake = startFakeConfluent();
    fake.levels.set("a", "FULL");
    const error = await thrownBy(new Package({ host: fake.url }).register(A, { subject: "a" }));
    expect(String(error)).toContain("BACKWARD != FULL");
    expect(await createRegistry({ url: fake.url }).register("a", asText(A))).toBe(1);
  });

  test("the package can't register where the level may not be read; ours can", async () => {
    using fake = startFakeConfluent();
    const forbidden = () => Response.json({ error_code: 40301, message: "User is denied" }, { status: 403 });
    fake.instead.push(forbidden);
    expect(await thrownBy(new Package({ host: fake.url }).register(A, { subject: "a" }))).toBeInstanceOf(Error);
    expect(await createRegistry({ url: fake.url }).register("a", asText(A))).toBe(1);
  });
});

describe("names", () => {
  test("the package registers under the record's name; ours under the topic's, as Java does", async () => {
    using fake = startFakeConfluent();
    await new Package({ host: fake.url }).register(A);
    const [created] = (await loadCatalog("schemas")).topics;
    expect(fake.requests).toContain("POST /subjects/n.A/versions");
    expect(created?.subject).toBe("orders.order.created.v1-value");
  });

  test.each([
    ["a union", ["null", "string"]],
    ["a type without a name", { type: "array", items: "string" }],
  ])("the package does not register %s; ours does, and reads it back", async (_what, schema) => {
    using fake = startFakeConfluent();
    // The package's types leave out what it refuses.
    const sent = { type: "AVRO", schema: JSON.stringify(schema) } as Parameters<Package["register"]>[0];
    expect(await thrownBy(new Package({ host: fake.url }).register(sent, { subject: "a" }))).toBeInstanceOf(Error);

    const registry = createRegistry({ url: fake.url });
    const id = await registry.register("a", asText(schema));
    expect((await registry.schemaById(id)).name).toBeUndefined();
  });

  test("with options for avsc, the package can't read a second schema of one name; ours reads both", async () => {
    using fake = startFakeConfluent();
    const registry = createRegistry({ url: fake.url });
    await registry.register("a", asText(A));
    await registry.register("b", asText({ ...A, doc: "another" }));

    const options = { forSchemaOptions: { registry: {} } };
    const theirs = new Package({ host: fake.url }, options);
    await theirs.getSchema(1);
    expect(String(await thrownBy(theirs.getSchema(2)))).toContain("duplicate type name");
    expect((await registry.schemaById(1)).name).toBe("n.A");
    expect((await registry.schemaById(2)).name).toBe("n.A");
  });
});

describe("errors and what is asked", () => {
  test("the package forgets the registry's number; ours has it, and a kind", async () => {
    using fake = startFakeConfluent();
    const theirs = await thrownBy(new Package({ host: fake.url, retry: { retries: 0 } }).getSchema(7));
    expect(theirs).not.toHaveProperty("code");
    expect(JSON.stringify(theirs)).not.toContain("40403");

    const ours = await thrownBy(createRegistry({ url: fake.url }).schemaById(7));
    expect(ours).toBeInstanceOf(RegistryError);
    expect(ours).toMatchObject({ kind: "SCHEMA_NOT_FOUND", code: 40403, status: 404 });
  });

  test("the package asks for an unknown id with each message; ours once", async () => {
    using theirs = startFakeConfluent();
    using ours = startFakeConfluent();
    const frame = Buffer.from([0, 0, 0, 0, 7, 0]);
    const them = new Package({ host: theirs.url });
    const us = createRegistry({ url: ours.url });
    for (let count = 0; count < 3; count++) {
      await thrownBy(them.decode(frame));
      await thrownBy(us.schemaById(7));
    }
    expect(theirs.requests).toHaveLength(3);
    expect(ours.requests).toHaveLength(1);
  });

  test("the package asks for the latest version each time; ours once in its time", async () => {
    using theirs = startFakeConfluent();
    using ours = startFakeConfluent();
    const us = createRegistry({ url: ours.url });
    for (const { url } of [theirs, ours]) await createRegistry({ url }).register("a", asText(A));
    for (let count = 0; count < 3; count++) {
      await new Package({ host: theirs.url }).getLatestSchemaId("a");
      await us.version("a", "latest");
    }
    const latest = "GET /subjects/a/versions/latest";
    expect(theirs.requests.filter((one) => one === latest)).toHaveLength(3);
    expect(ours.requests.filter((one) => one === latest)).toHaveLength(1);
  });

  test("the package gives up a registration at the first 503; ours tries again", async () => {
    using fake = startFakeConfluent();
    const unavailable = () => new Response("", { status: 503 });
    fake.instead.push(undefined, unavailable);
    expect(await thrownBy(new Package({ host: fake.url }).register(A, { subject: "a" }))).toBeInstanceOf(Error);

    fake.instead.push(unavailable);
    expect(await createRegistry({ url: fake.url, retryDelayMs: 1 }).register("a", asText(A))).toBe(1);
  });

  test("the package has no call for compatibility or levels; ours has", async () => {
    const theirs = new Package({ host: "http://127.0.0.1:1" });
    for (const name of ["compatible", "level", "setLevel", "versions", "subjects"]) {
      expect(theirs).not.toHaveProperty(name);
    }
    using fake = startFakeConfluent();
    const ours = createRegistry({ url: fake.url });
    await ours.setLevel("a", "FULL");
    expect(await ours.level("a")).toBe("FULL");
    expect((await ours.compatible("a", asText(A))).compatible).toBe(true);
  });
});

describe("bytes", () => {
  /** Both have schema 1, `A`, in their hands. */
  async function both(fake: ReturnType<typeof startFakeConfluent>) {
    const us = createRegistry({ url: fake.url });
    await us.register("a", asText(A));
    return { them: new Package({ host: fake.url }), us, codec: createCodec(await us.schemaById(1)) };
  }

  test("the package builds a resolver for each message that it decodes for a reader; ours one for all", async () => {
    using fake = startFakeConfluent();
    const { them, us, codec } = await both(fake);
    const reader = { ...A, fields: [...A.fields, { name: "b", type: "int", default: 7 }] };
    const bytes = codec.encode({ a: "x" }, 1);

    let built = 0;
    using _spy = replaced(avsc.Type.prototype, "createResolver", (original) => {
      return function (this: avsc.Type, writer: avsc.Type) {
        if (this.name === "n.A") built++;
        return original.call(this, writer);
      };
    });
    for (let count = 0; count < 3; count++) {
      expect(await them.decode(bytes, { [SchemaType.AVRO]: { readerSchema: reader } })).toEqual({ a: "x", b: 7 });
    }
    expect(built).toBe(3);

    const decoders = createDecoderCache();
    const ours = new Set<unknown>();
    for (let count = 0; count < 3; count++) {
      const decode = decoders.get(1, await us.schemaById(1), parseSchema(reader));
      expect(decode(unframe(bytes).payload)).toEqual({ a: "x", b: 7 });
      ours.add(decode);
    }
    expect(ours.size).toBe(1);
  });

  test("a frame that is cut short is a RangeError there, a kind of error here", async () => {
    using fake = startFakeConfluent();
    const { them } = await both(fake);
    const short = Buffer.from([0, 0, 0]);
    expect(await thrownBy(them.decode(short))).toBeInstanceOf(RangeError);
    expect(() => unframe(short)).toThrow(expect.objectContaining({ kind: "TOO_SHORT" }));
  });

  test("a Uint8Array that is no Buffer is refused there, decoded here", async () => {
    using fake = startFakeConfluent();
    const { them, codec } = await both(fake);
    const bytes = new Uint8Array(codec.encode({ a: "x" }, 1));
    // The package's types allow Buffers alone.
    expect(await thrownBy(them.decode(bytes as Buffer))).toBeInstanceOf(Error);
    expect(codec.decode(unframe(bytes).payload)).toEqual({ a: "x" });
  });

  test("neither reads a frame that begins with 1, as with an id in a header; ours says which byte it met", async () => {
    using fake = startFakeConfluent();
    const { them, codec } = await both(fake);
    const bytes = codec.encode({ a: "x" }, 1).fill(1, 0, 1);
    expect(await thrownBy(them.decode(bytes))).toBeInstanceOf(Error);
    expect(() => unframe(bytes)).toThrow(DecodeError);
    expect(() => unframe(bytes)).toThrow(expect.objectContaining({ kind: "WRONG_MAGIC_BYTE" }));
  });

  test("a bigint where none belongs is a complaint about JSON there, names its field here", async () => {
    using fake = startFakeConfluent();
    const { them, codec } = await both(fake);
    expect(String(await thrownBy(them.encode(1, { a: 1n })))).toContain("BigInt");
    expect(String(await thrownBy(them.encode(1, { a: 1n })))).not.toContain("/a");
    expect(() => codec.encode({ a: 1n })).toThrow(InvalidValue);
    expect(() => codec.encode({ a: 1n })).toThrow("/a: expected a string, found the bigint 1");
  });

  test("what both write, both read", async () => {
    using fake = startFakeConfluent();
    const { them, codec } = await both(fake);
    const theirs = await them.encode(1, { a: "é" });
    expect(theirs).toEqual(codec.encode({ a: "é" }, 1));
    expect(await them.decode(frame(1, codec.encode({ a: "é" })))).toEqual({ a: "é" });
  });
});

test("the package, and the 8 MB that it pulls along, stay out of production", () => {
  expect(Object.keys(manifest.dependencies)).not.toContain("@kafkajs/confluent-schema-registry");
  for (const pulled of ["ajv", "protobufjs", "mappersmith"]) expect(manifest.dependencies).not.toHaveProperty(pulled);
});

/** Replaces a method until the scope ends. */
function replaced<T extends object, K extends keyof T>(target: T, name: K, by: (original: T[K]) => T[K]): Disposable {
  const original = target[name];
  target[name] = by(original);
  return {
    [Symbol.dispose]() {
      target[name] = original;
    },
  };
}
