import { describe, expect, test } from "bun:test";
import type { Catalog, CatalogTopic } from "../../src/catalog/index.ts";
import { applySchemas, createRegistry, planSchemas, type SchemaStep } from "../../src/registry/index.ts";
import { catalogUnder, withField } from "../contract/registry.ts";
import { type FakeConfluent, startFakeConfluent } from "./fake-confluent.ts";

const CREATED = "orders.order.created.v1";
const SUBJECT = `t-${CREATED}-value`;

async function registered(fake: FakeConfluent) {
  const registry = createRegistry({ url: fake.url, attempts: 1 });
  const catalog = await catalogUnder("t");
  await applySchemas(registry, catalog);
  return { registry, catalog };
}

/** The catalog with other settings for one topic. */
function withTopic(catalog: Catalog, changes: Partial<CatalogTopic>): Catalog {
  const topics = catalog.topics.map((topic) => (topic.topic === CREATED ? { ...topic, ...changes } : topic));
  return { ...catalog, topics };
}

const brief = (steps: readonly SchemaStep[]) =>
  steps.map((step) => {
    if (step.kind === "delete") return "deleted";
    return step.kind === "level" ? `${step.inForce} → ${step.to}` : step.status;
  });

describe("levels in a plan", () => {
  test("a level that gives up a promise is refused, and nothing is done", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const lowered = withTopic(catalog, { compatibility: "NONE" });

    const applied = await applySchemas(registry, lowered);
    expect(applied.done).toEqual([]);
    expect(applied.stopped?.step).toMatchObject({ kind: "level", subject: SUBJECT, lowers: true });
    expect(applied.stopped?.messages).toEqual([
      `${SUBJECT}: going from BACKWARD_TRANSITIVE to NONE gives up a promise; allow it explicitly`,
    ]);
    expect(fake.levels.get(SUBJECT)).toBe("BACKWARD_TRANSITIVE");
  });

  test("from BACKWARD to FORWARD gives up a promise too, though neither is stricter", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const plan = await planSchemas(registry, withTopic(catalog, { compatibility: "FORWARD" }));
    expect(plan.refused.map((step) => step.subject)).toEqual([SUBJECT]);
  });

  test("a level is lowered where that is allowed explicitly", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const lowered = withTopic(catalog, { compatibility: "NONE" });
    expect((await applySchemas(registry, lowered, { allowLowering: true })).stopped).toBeUndefined();
    expect(fake.levels.get(SUBJECT)).toBe("NONE");
  });

  test("a level that somebody set before the first version is not lowered silently either", async () => {
    using fake = startFakeConfluent();
    fake.levels.set(SUBJECT, "FULL_TRANSITIVE");
    const plan = await planSchemas(createRegistry({ url: fake.url }), await catalogUnder("t"));
    expect(plan.refused.map((step) => step.subject)).toEqual([SUBJECT]);
  });

  test.each([
    ["NONE", "BACKWARD"],
    ["BACKWARD", "BACKWARD"],
    ["BACKWARD_TRANSITIVE", "BACKWARD_TRANSITIVE"],
    ["FORWARD", "FULL"],
    ["FULL_TRANSITIVE", "FULL_TRANSITIVE"],
  ])(
    "where topic.yaml names no level, a registry's own %s becomes %s: it is never lowered",
    async (globalLevel, to) => {
      using fake = startFakeConfluent({ globalLevel });
      const undeclared = { compatibility: "BACKWARD", compatibilityDeclared: false } as const;
      const catalog = withTopic(await catalogUnder("t"), undeclared);
      await applySchemas(createRegistry({ url: fake.url }), catalog);
      expect(fake.levels.get(SUBJECT)).toBe(to);
    },
  );

  test("a level that holds already is no step", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    expect(brief((await planSchemas(registry, catalog)).steps)).toEqual(Array(4).fill("unchanged"));
  });
});

describe("schemas in a plan", () => {
  test("planning changes nothing", async () => {
    using fake = startFakeConfluent();
    await planSchemas(createRegistry({ url: fake.url }), await catalogUnder("t"));
    expect(fake.requests.filter((one) => !one.startsWith("GET"))).toEqual([]);
  });

  test("every refusal is found at once, with reasons and the registry's verdict", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const mandatory = { name: "weight", type: "int" };
    const broken = withField(withField(catalog, CREATED, mandatory), "orders.order.shipped.v1", mandatory);
    const { stopped } = await applySchemas(registry, broken);
    expect(stopped?.messages).toHaveLength(2);
    expect(stopped?.messages.join()).toContain("`weight`");
    expect(stopped?.refused?.map((step) => step.kind === "register" && step.verdict?.compatible)).toEqual([
      false,
      false,
    ]);
  });

  test("a refusal under a level that is raised at the same time stays a refusal", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const raised = withTopic(catalog, { compatibility: "FULL_TRANSITIVE" });
    const plan = await planSchemas(registry, withField(raised, CREATED, { name: "weight", type: "int" }));
    expect(brief(plan.refused)).toEqual(["incompatible"]);
  });

  test("what the registry accepts under a weaker level is not promised for the stricter one", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const raised = withTopic(catalog, { compatibility: "FULL_TRANSITIVE" });
    const plan = await planSchemas(
      registry,
      withField(raised, CREATED, { name: "note2", type: "string", default: "" }),
    );
    expect(brief(plan.steps)).toContain("untested");
    expect(plan.refused).toEqual([]);
    // Once it is registered, it is tested.
    const { done } = await applySchemas(
      registry,
      withField(raised, CREATED, { name: "note2", type: "string", default: "" }),
    );
    expect(brief(done)).toContain("new version");
    expect(brief(done)).not.toContain("untested");
  });

  test("a registry that can't test a schema leaves it to the registration", async () => {
    using fake = startFakeConfluent();
    const { registry, catalog } = await registered(fake);
    const changed = withField(catalog, CREATED, { name: "note2", type: "string", default: "" });
    const cannot = () => Response.json({ error_code: 42201, message: "Could not execute rule" }, { status: 422 });
    answerTo(fake, "POST", "/compatibility/", cannot);
    const plan = await planSchemas(registry, changed);
    expect(brief(plan.steps)).toContain("untested");
    expect(plan.refused).toEqual([]);
  });
});

describe("applying", () => {
  test("it stops at the first refusal, and says what was done and what is left", async () => {
    using fake = startFakeConfluent();
    const registry = createRegistry({ url: fake.url, attempts: 1 });
    const refusal = { error_code: 40901, message: 'incompatible with an earlier schema for subject "t"' };
    answerTo(fake, "POST", `/subjects/${SUBJECT}/versions`, () => Response.json(refusal, { status: 409 }));

    const told: string[] = [];
    const onStep = (step: SchemaStep) => told.push(step.subject);
    const applied = await applySchemas(registry, await catalogUnder("t"), { onStep });
    expect(applied.stopped).toMatchObject({ error: { kind: "INCOMPATIBLE" } });
    expect(applied.stopped?.messages.join()).toContain(refusal.message);
    expect(applied.done.map((step) => step.subject)).toEqual(told);
    expect(applied.done.at(-1)?.subject).toBe("t-shared.Money");
    expect(applied.left.map((step) => step.subject)).toEqual([
      SUBJECT,
      "t-orders.order.shipped.v1-value",
      "t-orders.payment.captured.v1-value",
    ]);
  });

  test("a registry that goes away in the middle is told of in the same way", async () => {
    using fake = startFakeConfluent();
    answerTo(fake, "PUT", `/config/${SUBJECT}`, () => new Response("", { status: 500 }));
    const applied = await applySchemas(createRegistry({ url: fake.url, attempts: 1 }), await catalogUnder("t"));
    expect(applied.stopped?.error?.kind).toBe("UNAVAILABLE");
    expect(brief(applied.done)).toEqual(["BACKWARD → FULL_TRANSITIVE"]);
    expect(applied.left).toHaveLength(7);
  });

  test.each([
    ["the step that no answer came to may be done", "POST", `/subjects/${SUBJECT}/versions`, 500, true],
    ["a step that was refused is not", "POST", `/subjects/${SUBJECT}/versions`, 401, false],
    ["nor one that had not begun", "POST", "/subjects/t-shared.Money", 500, false],
  ])("%s", async (_, method, path, status, inDoubt) => {
    using fake = startFakeConfluent();
    const catalog = await catalogUnder("t");
    answerTo(fake, method, path, () => new Response("", { status }), { exactly: true });
    const applied = await applySchemas(createRegistry({ url: fake.url, attempts: 1 }), catalog);
    expect(applied.stopped?.inDoubt).toBe(inDoubt);
    // Though its version is not known yet, it is registered.
    expect(brief(applied.done).at(-1)).toBe("first");
  });
});

/** Answers the first request that fits instead of the registry. */
function answerTo(
  fake: FakeConfluent,
  method: string,
  path: string,
  answer: () => Response,
  { exactly = false }: { readonly exactly?: boolean } = {},
): void {
  const next = (request: Request): Response | undefined => {
    const asked = decodeURIComponent(new URL(request.url).pathname);
    if (request.method === method && (exactly ? asked === path : asked.startsWith(path))) return answer();
    fake.instead.push(next);
    return undefined;
  };
  fake.instead.push(next);
}
