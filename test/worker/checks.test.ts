import { expect, test } from "bun:test";
import { parseSchema } from "../../src/avro/index.ts";
import { RegistryError, type SchemaVersion } from "../../src/registry/index.ts";
import { type CheckParts, problemsOf } from "../../src/worker/checks.ts";
import { defineWorker, type Worker } from "../../src/worker/index.ts";
import { catalogOf, catalogTopic, NOTE, named } from "../support/worker.ts";

const TOPIC = "notes.note.taken.v1";
const VALID = defineWorker({ group: "note-readers", topics: [named(TOPIC)], handle: () => {} });

/** A subject with these schemas as its versions. */
function versions(...schemas: object[]): CheckParts["registry"] {
  return {
    versions: async () => schemas.map((_, index) => index + 1),
    version: async (_subject, version): Promise<SchemaVersion | undefined> => {
      const json = schemas[Number(version) - 1];
      return (
        json && {
          id: 100 + Number(version),
          version: Number(version),
          text: "",
          references: [],
          schema: parseSchema(json),
        }
      );
    },
  };
}

const problems = (worker: Partial<Worker>, parts: Partial<CheckParts> = {}) =>
  problemsOf(
    { ...VALID, ...worker },
    {
      catalog: catalogOf(catalogTopic(TOPIC)),
      registry: versions(NOTE),
      missing: async () => [],
      progressTimeoutMs: 300_000,
      ...parts,
    },
  );

test("a worker with nothing wrong may start", async () => {
  expect(await problems({})).toEqual([]);
});

test("a subject without versions has nothing to be unreadable", async () => {
  expect(await problems({}, { registry: versions() })).toEqual([]);
});

test.each<[string, Partial<Worker>, string]>([
  ["a group that is no name", { group: "a b" }, 'group "a b"'],
  ["no topics", { topics: [] }, "it reads no topics"],
  ["a topic twice", { topics: [TOPIC, TOPIC] }, `topic ${TOPIC} is named twice`],
  [
    "a topic that is not in the catalog",
    { topics: ["notes.note.takn.v1"] },
    `not under schemas; did you mean ${TOPIC}?`,
  ],
  ["a dead-letter topic that is too long", { group: "g".repeat(240) }, "Kafka takes 249"],
  ["no attempts", { retry: { attempts: 0, delayMs: 1, maxDelayMs: 1 } }, "retry.attempts=0"],
  ["no lanes", { concurrency: 0 }, "concurrency=0"],
  ["half an attempt", { retry: { attempts: 1.5, delayMs: 1, maxDelayMs: 1 } }, "retry.attempts=1.5"],
  ["a negative delay", { retry: { attempts: 1, delayMs: -1, maxDelayMs: 1 } }, "retry.delayMs=-1"],
  ["no time at all", { timeoutMs: 0 }, "timeoutMs=0"],
  [
    "a timeout that is longer than a worker may seem stuck",
    { timeoutMs: 300_000 },
    "SLUICE_PROGRESS_TIMEOUT_MS=300000",
  ],
])("%s is a problem", async (_what, worker, message) => {
  const found = await problems(worker);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test("a timeout that timers cannot take is a problem", async () => {
  const found = await problems({ timeoutMs: 2 ** 31 }, { progressTimeoutMs: 2 ** 32 });
  expect(found).toEqual([expect.stringContaining("timeoutMs=2147483648")]);
});

test("every version is read, and each reason of each is told", async () => {
  const other = { ...NOTE, fields: [{ name: "id", type: "int" }] };
  const found = await problems({}, { registry: versions(NOTE, other, NOTE, other) });
  expect(found.filter((problem) => problem.includes(`version 2 of ${TOPIC}-value (schema 102)`))).toHaveLength(2);
  expect(found.filter((problem) => problem.includes(`version 4 of ${TOPIC}-value (schema 104)`))).toHaveLength(2);
  expect(found).toHaveLength(4);
});

test("a version that is gone since it was listed is no problem", async () => {
  const registry = { versions: async () => [1, 2], version: async () => undefined };
  expect(await problems({}, { registry })).toEqual([]);
});

test("what is wrong with Kafka, the registry and the declaration is told together", async () => {
  const found = await problems(
    { group: "a b" },
    {
      missing: async () => {
        throw new Error("no broker");
      },
      registry: {
        ...versions(),
        versions: async () => {
          throw new RegistryError("UNREACHABLE", "connection refused");
        },
      },
    },
  );
  expect(found).toEqual([
    expect.stringContaining('group "a b"'),
    "Kafka: no broker",
    "the registry: connection refused",
  ]);
});

test("a topic that is not in Kafka is named with the command that creates it", async () => {
  expect(await problems({}, { missing: async () => [TOPIC] })).toEqual([
    `topic ${TOPIC} is not in Kafka; \`sluice topics apply\` creates it`,
  ]);
});
