import { describe, expect, test } from "bun:test";
import { COMPATIBILITY_LEVELS, parseSchema, type Schema } from "../../src/avro/index.ts";
import { type Catalog, loadCatalog, lockText, parseLock } from "../../src/catalog/index.ts";
import {
  applySchemas,
  lockOf,
  planSchemas,
  type Registry,
  RegistryError,
  type SchemaText,
} from "../../src/registry/index.ts";
import { unique } from "../support/cluster.ts";

/** A field with, or without, a default. */
const field = (name: string, type: unknown = "string", rest: object = {}) => ({ name, type, ...rest });

/** A record as it is registered. */
export const record = (name: string, fields: readonly object[], references: SchemaText["references"] = []) => ({
  text: JSON.stringify({ type: "record", name, namespace: "contract", fields }),
  references,
});

/**
 * What every Confluent-compatible registry must do for our client. `open` answers a client of a registry that others may
 * use too: subjects here have names of their own. `differs` maps a title to the reason it is skipped.
 */
export function registryContract(name: string, open: () => Registry, differs: Record<string, string> = {}): void {
  const it = (title: string, body: (registry: Registry, subject: string) => Promise<void>) =>
    test.skipIf(title in differs)(title, async () => {
      const registry = open();
      try {
        await body(registry, `contract-${unique()}`);
      } finally {
        registry.close();
      }
    });

  describe(`${name}: subjects and versions`, () => {
    it("a registry that is there answers a ping", async (registry) => {
      await registry.ping();
    });

    it("a subject that is not there has no versions, no schema and no level", async (registry, subject) => {
      expect(await registry.versions(subject)).toEqual([]);
      expect(await registry.version(subject, "latest")).toBeUndefined();
      expect(await registry.version(subject, 1)).toBeUndefined();
      expect(await registry.lookup(subject, record("A", []))).toBeUndefined();
      expect(await registry.level(subject)).toBeUndefined();
    });

    it("registering again what is there answers its id", async (registry, subject) => {
      const schema = record("A", [field("a")]);
      const id = await registry.register(subject, schema);
      expect(await registry.register(subject, schema)).toBe(id);
      expect(await registry.versions(subject)).toEqual([1]);
      expect(await registry.lookup(subject, schema)).toEqual({ id, version: 1 });
      expect(await registry.subjects()).toContain(subject);
    });

    it("the id of a schema leads to the schema", async (registry, subject) => {
      const id = await registry.register(subject, record("A", [field("a")]));
      const schema = await registry.schemaById(id);
      expect(schema.name).toBe("contract.A");
    });

    it("versions count up, and latest follows what this client registers", async (registry, subject) => {
      const first = record("A", [field("a")]);
      const second = record("A", [field("a"), field("b", "string", { default: "" })]);
      await registry.register(subject, first);
      expect((await registry.version(subject, "latest"))?.version).toBe(1);
      const id = await registry.register(subject, second);

      const latest = await registry.version(subject, "latest");
      expect([latest?.version, latest?.id]).toEqual([2, id]);
      expect(JSON.parse(latest?.text ?? "")).toEqual(JSON.parse(second.text));
      expect(await registry.versions(subject)).toEqual([1, 2]);
      expect((await registry.version(subject, 1))?.text).toBe(first.text);
      expect(await registry.version(subject, 3)).toBeUndefined();
    });

    it("an id that nobody gave is SCHEMA_NOT_FOUND", async (registry) => {
      expect(await kindOf(registry.schemaById(2_000_000_000))).toBe("SCHEMA_NOT_FOUND");
    });

    it("a schema that is no JSON is INVALID_SCHEMA", async (registry, subject) => {
      expect(await kindOf(registry.register(subject, { text: '{"type":"rec', references: [] }))).toBe("INVALID_SCHEMA");
    });

    it("a subject may have a slash, a space and letters of any script", async (registry, subject) => {
      const name = `${subject}/a b-ü`;
      const id = await registry.register(name, record("A", []));
      expect((await registry.version(name, "latest"))?.id).toBe(id);
    });
  });

  describe(`${name}: references`, () => {
    it("a schema is self-contained once it is read, whatever it refers to", async (registry, subject) => {
      const cents = record("Cents", [field("cents", "long")]);
      await registry.register(`${subject}-cents`, cents);
      const money = record("Money", [field("amount", "contract.Cents")], [ref("Cents", `${subject}-cents`)]);
      await registry.register(`${subject}-money`, money);
      const order = record("Order", [field("total", "contract.Money")], [ref("Money", `${subject}-money`)]);
      const id = await registry.register(subject, order);

      const { json } = await registry.schemaById(id);
      expect(JSON.stringify(json)).toContain('"cents"');
      const version = await registry.version(subject, "latest");
      expect(version?.references).toEqual(order.references);
      expect(version?.schema.fingerprint).toBe((await registry.schemaById(id)).fingerprint);
      expect(await registry.lookup(subject, order)).toEqual({ id, version: 1 });
    });

    it("a reference to nothing is INVALID_SCHEMA", async (registry, subject) => {
      const order = record("Order", [field("total", "contract.Money")], [ref("Money", `${subject}-nothing`)]);
      expect(await kindOf(registry.register(subject, order))).toBe("INVALID_SCHEMA");
    });
  });

  describe(`${name}: levels`, () => {
    const mandatory = record("A", [field("a"), field("b")]);

    it("a level holds from the first version on when it is set before", async (registry, subject) => {
      await registry.setLevel(subject, "FULL");
      await registry.register(subject, record("A", [field("a")]));
      expect(await registry.level(subject)).toBe("FULL");
    });

    it("each of the seven levels can be set and is read back", async (registry, subject) => {
      await registry.register(subject, record("A", [field("a")]));
      for (const level of COMPATIBILITY_LEVELS) {
        await registry.setLevel(subject, level);
        expect(await registry.level(subject)).toBe(level);
      }
    });

    it("NONE can be set before the first version, too", async (registry, subject) => {
      await registry.setLevel(subject, "NONE");
      await registry.register(subject, record("A", [field("a")]));
      expect(await registry.level(subject)).toBe("NONE");
    });

    it("a change that breaks readers is INCOMPATIBLE, with the registry's reason", async (registry, subject) => {
      await registry.setLevel(subject, "BACKWARD");
      await registry.register(subject, record("A", [field("a")]));

      const verdict = await registry.compatible(subject, mandatory);
      expect(verdict.compatible).toBe(false);
      expect(verdict.messages.join()).toMatch(/\bb\b/);
      const error = await failureOf(registry.register(subject, mandatory));
      expect([error.kind, error.status]).toEqual(["INCOMPATIBLE", 409]);
      expect(error.message).toMatch(/\bb\b/);
      expect(await registry.versions(subject)).toEqual([1]);
    });

    it("a change that breaks nobody is compatible", async (registry, subject) => {
      await registry.setLevel(subject, "BACKWARD");
      await registry.register(subject, record("A", [field("a")]));
      const added = record("A", [field("a"), field("b", "string", { default: "" })]);
      expect((await registry.compatible(subject, added)).compatible).toBe(true);
    });

    it("everything is compatible with a subject that is not there", async (registry, subject) => {
      expect(await registry.compatible(subject, mandatory)).toEqual({ compatible: true, messages: [] });
    });
  });

  describe(`${name}: deletion`, () => {
    it("a deleted subject is gone, and its id still read", async (registry, subject) => {
      const id = await registry.register(subject, record("A", [field("a")]));
      await registry.version(subject, "latest");
      expect(await registry.deleteSubject(subject)).toEqual([1]);
      expect(await registry.versions(subject)).toEqual([]);
      expect(await registry.version(subject, "latest")).toBeUndefined();
      expect((await registry.schemaById(id)).name).toBe("contract.A");
      expect(await registry.deleteSubject(subject)).toEqual([]);
      expect(await registry.deleteSubject(`${subject}-never`)).toEqual([]);
    });

    it("who refers to a version is told, and as long as somebody does it is REFERENCED", async (registry, subject) => {
      await registry.register(`${subject}-money`, record("Money", [field("cents", "long")]));
      const order = record("Order", [field("total", "contract.Money")], [ref("Money", `${subject}-money`)]);
      const id = await registry.register(subject, order);
      expect(await registry.referrers(`${subject}-money`, 1)).toEqual([id]);
      expect(await registry.referrers(subject, 1)).toEqual([]);
      expect(await registry.referrers(`${subject}-never`, 1)).toEqual([]);
      expect(await kindOf(registry.deleteSubject(`${subject}-money`))).toBe("REFERENCED");
      expect(await registry.versions(`${subject}-money`)).toEqual([1]);
    });
  });

  describe(`${name}: a catalog`, () => {
    it("is registered levels first and references in order, and a second time changes nothing", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      const plan = await planSchemas(registry, catalog);
      expect(plan.changes).toBe(true);
      const told: string[] = [];
      const applied = await applySchemas(registry, catalog, { onStep: (step) => told.push(step.kind) });

      expect(applied.stopped).toBeUndefined();
      expect(told).toEqual([...Array(4).fill("level"), ...Array(4).fill("register")]);
      expect(applied.done.map((step) => step.subject.replace(subject, ""))).toEqual(
        [...SUBJECTS, ...SUBJECTS].map((one) => one.replace(/^/, "-")),
      );
      for (const topic of catalog.topics) {
        const latest = await registry.version(topic.subject, "latest");
        expect(latest?.schema.fingerprint).toBe(topic.schema.fingerprint);
        expect(await registry.level(topic.subject)).toBe(topic.compatibility);
      }
      const again = await planSchemas(registry, catalog);
      expect([again.changes, again.steps.length]).toEqual([false, 4]);
      expect((await applySchemas(registry, catalog)).stopped).toBeUndefined();
      expect(await registry.versions(catalog.topics[0]?.subject ?? "")).toEqual([1]);
    });

    it("a shared type that grows becomes a new version, of itself and of what refers to it", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const grown = withSharedField(catalog, field("scale", "int", { default: 2 }));

      const plan = await planSchemas(registry, grown);
      expect(plan.refused).toEqual([]);
      expect((await applySchemas(registry, grown)).stopped).toBeUndefined();
      expect(await registry.versions(`${subject}-shared.Money`)).toEqual([1, 2]);
      expect(await registry.versions(`${subject}-orders.order.created.v1-value`)).toEqual([1]);
      const shipped = await registry.version(`${subject}-orders.order.shipped.v1-value`, "latest");
      expect(shipped?.references.map(({ version }) => version)).toEqual([2]);
      expect(JSON.stringify(shipped?.schema.json)).toContain('"scale"');
      expect((await planSchemas(registry, grown)).changes).toBe(false);
    });

    it("white space and the order of attributes are no change", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const plan = await planSchemas(registry, rewritten(catalog));
      expect([plan.changes, plan.steps.map((step) => step.kind === "register" && step.status)]).toEqual([
        false,
        Array(4).fill("unchanged"),
      ]);
    });

    it("a change of a doc alone is settled by one apply", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const documented = withDoc(catalog, "orders.order.created.v1", "Said otherwise.");
      expect((await applySchemas(registry, documented)).stopped).toBeUndefined();
      expect((await planSchemas(registry, documented)).changes).toBe(false);
    });

    it("a schema that is registered and not the latest is told as rolled back, and registers nothing", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const added = field("weight", "int", { default: 0 });
      await applySchemas(registry, withField(catalog, "orders.order.shipped.v1", added));

      const plan = await planSchemas(registry, catalog);
      expect(plan.changes).toBe(false);
      expect(plan.steps.find(({ subject: one }) => one.includes("shipped"))).toMatchObject({
        status: "rolled back",
        version: 1,
        latest: 2,
      });
      expect((await applySchemas(registry, catalog)).stopped).toBeUndefined();
      expect(await registry.versions(`${subject}-orders.order.shipped.v1-value`)).toEqual([1, 2]);
    });

    it("is locked as the registry has it, and the lock stays as it is where nothing changes", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      await applySchemas(
        registry,
        withField(catalog, "orders.order.shipped.v1", field("weight", "int", { default: 0 })),
      );
      const lock = await lockOf(registry, catalog, { before: undefined, deleted: new Set() });

      const name = `${subject}-orders.order.shipped.v1-value`;
      const locked = lock.subjects.get(name);
      expect([locked?.level, locked?.versions.map(({ version }) => version)]).toEqual(["BACKWARD", [1, 2]]);
      expect(locked?.versions.at(-1)?.id).toBe((await registry.version(name, "latest"))?.id ?? 0);
      expect(lockText(parseLock(lockText(lock)))).toBe(lockText(lock));
      expect(lockText(await lockOf(registry, catalog, { before: lock, deleted: new Set() }))).toBe(lockText(lock));
    });

    it("what was taken out of the folder is deleted when that is asked for, and nobody else's", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      await registry.register(`${subject}-foreign`, record("Foreign", [field("a")]));
      const lock = await lockOf(registry, catalog, { before: undefined, deleted: new Set() });
      const topics = catalog.topics.filter(({ topic }) => topic !== "orders.order.created.v1");
      const smaller = { ...catalog, topics };

      expect((await planSchemas(registry, smaller, { lock })).changes).toBe(false);
      const applied = await applySchemas(registry, smaller, { lock, prune: true });
      expect(applied.done.filter(({ kind }) => kind === "delete").map((step) => step.subject)).toEqual([
        `${subject}-orders.order.created.v1-value`,
      ]);
      expect(await registry.versions(`${subject}-orders.order.created.v1-value`)).toEqual([]);
      expect(await registry.versions(`${subject}-foreign`)).toEqual([1]);
      expect((await planSchemas(registry, smaller, { lock, prune: true })).changes).toBe(false);
    });

    it("a shared type that somebody refers to is kept, whoever asks for it to be deleted", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const lock = await lockOf(registry, catalog, { before: undefined, deleted: new Set() });
      const { removed, steps } = await planSchemas(
        registry,
        { ...catalog, shared: [], topics: catalog.topics.filter(({ references }) => references.length === 0) },
        { lock, prune: true },
      );
      // Whoever refers goes first.
      expect(removed.at(-1)).toMatchObject({ subject: `${subject}-shared.Money`, keptBy: [] });
      expect(steps.at(-1)).toMatchObject({ kind: "delete", subject: `${subject}-shared.Money` });
      const kept = await planSchemas(registry, { ...catalog, shared: [] }, { lock, prune: true });
      expect(kept.removed).toMatchObject([
        {
          subject: `${subject}-shared.Money`,
          keptBy: [expect.stringContaining("version 1"), expect.stringContaining("version 1")],
        },
      ]);
      expect(kept.steps.filter(({ kind }) => kind === "delete")).toEqual([]);
    });

    it("with one change that breaks readers, nothing of it is registered", async (registry, subject) => {
      const catalog = await catalogUnder(subject);
      await applySchemas(registry, catalog);
      const broken = withField(catalog, "orders.order.created.v1", field("weight", "int"));

      const plan = await planSchemas(registry, broken);
      expect(plan.refused.map((step) => step.subject)).toEqual([`${subject}-orders.order.created.v1-value`]);
      const applied = await applySchemas(registry, broken);
      expect(applied.done).toEqual([]);
      expect(applied.stopped?.messages.join()).toContain("weight");
    });
  });
}

const SUBJECTS = [
  "shared.Money",
  "orders.order.created.v1-value",
  "orders.order.shipped.v1-value",
  "orders.payment.captured.v1-value",
];

const ref = (name: string, subject: string) => ({ name: `contract.${name}`, subject, version: 1 });

/** The order pipeline's catalog, with subjects that nobody else has. */
export async function catalogUnder(prefix: string): Promise<Catalog> {
  const catalog = await loadCatalog("schemas");
  const renamed = <T extends { subject: string; references: readonly { name: string; subject: string }[] }>(
    one: T,
  ): T => ({
    ...one,
    subject: `${prefix}-${one.subject}`,
    references: one.references.map(({ name, subject }) => ({ name, subject: `${prefix}-${subject}` })),
  });
  return { ...catalog, topics: catalog.topics.map(renamed), shared: catalog.shared.map(renamed) };
}

/** The catalog after somebody added a field to one topic. */
export function withField(catalog: Catalog, name: string, added: object): Catalog {
  const topics = catalog.topics.map((topic) =>
    topic.topic === name ? { ...topic, ...extended(topic.text, added, schemasOf(catalog)) } : topic,
  );
  return { ...catalog, topics };
}

/** The catalog with the same schemas, written otherwise: attributes the other way round, and white space. */
function rewritten(catalog: Catalog): Catalog {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([name, inner]) => [name, turned(inner)] as const);
    return Object.fromEntries(entries.reverse());
  };
  const again = <T extends { text: string; schema: Schema }>(one: T, named: readonly Schema[]): T => {
    const json = turned(JSON.parse(one.text));
    return { ...one, text: JSON.stringify(json, null, 3), schema: parseSchema(json, named) };
  };
  const shared = catalog.shared.map((one) => again(one, []));
  const named = shared.map(({ schema }) => schema);
  return { ...catalog, shared, topics: catalog.topics.map((one) => again(one, named)) };
}

/** The catalog with another doc for one topic. */
function withDoc(catalog: Catalog, name: string, doc: string): Catalog {
  const topics = catalog.topics.map((topic) => {
    if (topic.topic !== name) return topic;
    const json = { ...JSON.parse(topic.text), doc };
    return { ...topic, text: JSON.stringify(json), schema: parseSchema(json, schemasOf(catalog)) };
  });
  return { ...catalog, topics };
}

/** The catalog after somebody added a field to the shared type. */
function withSharedField(catalog: Catalog, added: object): Catalog {
  const shared = catalog.shared.map((file) => ({ ...file, ...extended(file.text, added, []) }));
  const named = schemasOf({ ...catalog, shared });
  const topics = catalog.topics.map((topic) => ({ ...topic, schema: parseSchema(JSON.parse(topic.text), named) }));
  return { ...catalog, shared, topics };
}

const schemasOf = ({ shared }: Catalog): Schema[] => shared.map((file) => file.schema);

function extended(before: string, added: object, named: readonly Schema[]): { text: string; schema: Schema } {
  const json: unknown = JSON.parse(before);
  // Both kinds of schema that are extended here are records.
  const { fields, ...rest } = json as { fields: object[] };
  const after = { ...rest, fields: [...fields, added] };
  return { text: JSON.stringify(after), schema: parseSchema(after, named) };
}

async function failureOf(call: Promise<unknown>): Promise<RegistryError> {
  const error = await call.then(
    () => new Error("nothing failed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RegistryError) return error;
  throw error;
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  return (await failureOf(call)).kind;
}
