import { expect, test } from "bun:test";
import { join } from "node:path";
import { assertReached, assertTopics, attempt, findSchemaIds, StartupError } from "../../src/api/startup.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import type { Reference } from "../../src/registry/index.ts";

const catalog = await loadCatalog(join(import.meta.dir, "../../schemas"));

test("each topic's schema is looked up with the versions that its references have", async () => {
  const asked: [string, readonly Reference[]][] = [];
  const ids = await findSchemaIds(
    {
      lookup: async (subject, { references }) => {
        asked.push([subject, references]);
        return { id: asked.length, version: 40 + asked.length };
      },
    },
    catalog,
  );
  expect([...ids.keys()]).toEqual(catalog.topics.map(({ topic }) => topic));
  expect(asked[0]).toEqual(["shared.Money", []]);
  expect(asked.flatMap(([, references]) => references)).toContainEqual({
    name: "shared.Money",
    subject: "shared.Money",
    version: 41,
  });
});

test("schemas that are not registered are named, all of them, with what to run", async () => {
  const missing = await attempt("the registry", 1_000, () => findSchemaIds({ lookup: async () => undefined }, catalog));
  expect(missing).toEqual({
    problems: [...catalog.shared, ...catalog.topics].map(
      ({ subject }) => `schema ${subject} is not registered as it is here: run \`sluice apply\``,
    ),
  });
});

test("no schema is asked for whose reference is not registered: a registry would call it invalid", async () => {
  const asked: string[] = [];
  const lookup = async (subject: string) => {
    asked.push(subject);
    return undefined;
  };
  await expect(findSchemaIds({ lookup }, catalog)).rejects.toThrow("shared.Money is not registered");
  const alone = catalog.topics.filter(({ references }) => references.length === 0).map(({ subject }) => subject);
  expect(asked).toEqual(["shared.Money", ...alone]);
});

test("topics that Kafka does not have are named, all of them, with what to run", async () => {
  const asking = assertTopics(
    { topics: async () => [{ topic: "orders.order.created.v1", partitions: 1, replication: 1, led: 1 }] },
    catalog,
  );
  await expect(asking).rejects.toThrow(
    "topic orders.order.shipped.v1 is not in Kafka: run `sluice topics apply`\n  topic orders.payment.captured.v1",
  );
});

test("the problems of all attempts are told together", async () => {
  const attempts = await Promise.all([
    attempt("Kafka at a:1", 10, () => new Promise(() => {})),
    attempt("the registry at b", 10, async () => {
      throw new Error("refused");
    }),
    attempt("nothing", 10, async () => 1),
  ]);
  expect(() => assertReached(attempts)).toThrow(
    new StartupError(["Kafka at a:1: no answer within 10 ms", "the registry at b: refused"]),
  );
});
