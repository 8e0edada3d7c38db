import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type Catalog, LOCK_FILE, type Lock, lockText, readCatalog } from "../../src/catalog/index.ts";
import {
  type Base,
  checkCatalog,
  type DeclaredReader,
  GATE_DEFAULTS,
  openBase,
  type Report,
} from "../../src/gate/index.ts";
import { applySchemas, createRegistry, lockOf, type Registry } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { cluster, unique } from "../support/cluster.ts";
import { createRepository, type Repository } from "../support/repository.ts";

/**
 * A pull request is checked against git, a release against the lock, and what is registered against the registry. If one
 * of them said yes where another says no, a change would be merged that can't be released, or released with nobody asked.
 * So one history is told to all of them: what the check refuses is neither committed nor registered, and the next
 * revision goes on from what was there before.
 */
const prefix = `h${unique()}`;
const MONEY = `${prefix}.Money`;
const topicOf = (name: string): string => `${prefix}.order.${name}`;

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
  readonly doc?: string;
}

/** The schemas as their author sees them: levels, and fields by topic. */
interface Author {
  readonly levels: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, readonly Field[]>>;
  /** White space around each level of the JSON. */
  readonly indent: number;
}

const method = (...symbols: readonly string[]) => ({ type: "enum", name: "Method", symbols, default: "CASH" });
const id: Field = { name: "id", type: "string" };

const BEGIN: Author = {
  indent: 2,
  levels: { placed: "BACKWARD", paid: "FULL_TRANSITIVE", sent: "BACKWARD_TRANSITIVE", counted: "FORWARD" },
  fields: {
    Money: [{ name: "units", type: "long" }],
    placed: [id, { name: "price", type: MONEY }, { name: "note", type: ["null", "string"], default: null }],
    paid: [id, { name: "method", type: method("CARD", "CASH") }],
    sent: [id, { name: "weight", type: "int" }, { name: "cost", type: MONEY }],
    counted: [id, { name: "count", type: "int" }, { name: "place", type: "string" }],
  },
};

type Change = (author: Author) => Author;

const edit =
  (name: string, change: (fields: readonly Field[]) => readonly Field[]): Change =>
  (author) => ({ ...author, fields: { ...author.fields, [name]: change(author.fields[name] ?? []) } });
const add = (name: string, field: Field): Change => edit(name, (fields) => [...fields, field]);
const remove = (name: string, field: string): Change =>
  edit(name, (fields) => fields.filter((one) => one.name !== field));
const alter = (name: string, field: string, with_: Partial<Field>): Change =>
  edit(name, (fields) => fields.map((one) => (one.name === field ? { ...one, ...with_ } : one)));
const level =
  (name: string, to: string): Change =>
  (author) => ({
    ...author,
    levels: { ...author.levels, [name]: to },
  });

const both =
  (one: Change, other: Change): Change =>
  (author) =>
    other(one(author));

/** What each revision does, and what the check says of it: errors keep it from being merged, the rest do not. */
const REVISIONS: readonly (readonly [title: string, change: Change, found: readonly string[]])[] = [
  ["begins", (author) => author, ["info SUBJECT_ADDED ×5"]],
  ["adds a field with a default", add("placed", { name: "channel", type: "string", default: "web" }), []],
  ["changes white space alone", (author) => ({ ...author, indent: 4 }), []],
  ["writes a doc", alter("placed", "channel", { doc: "Where it was placed." }), []],
  [
    "adds a field without a default",
    add("placed", { name: "customer", type: "string" }),
    ["error READER_FIELD_MISSING_DEFAULT_VALUE placed /fields/4"],
  ],
  ["adds to a shared type", add("Money", { name: "currency", type: "string", default: "EUR" }), []],
  [
    "renames a field of a shared type",
    alter("Money", "units", { name: "cents" }),
    ["error READER_FIELD_MISSING_DEFAULT_VALUE Money /fields/0"],
  ],
  ["widens a number", alter("sent", "weight", { type: "long" }), []],
  [
    "narrows it again",
    both(alter("sent", "weight", { type: "int" }), add("sent", { name: "size", type: "int", default: 0 })),
    ["error TYPE_MISMATCH sent /fields/1/type"],
  ],
  ["widens it further", alter("sent", "weight", { type: "double" }), []],
  ["adds a symbol to an enum with a default", alter("paid", "method", { type: method("CARD", "CASH", "SWISH") }), []],
  [
    "adds a field that both directions need",
    add("paid", { name: "by", type: "string" }),
    ["error READER_FIELD_MISSING_DEFAULT_VALUE paid /fields/2"],
  ],
  ["adds a field that neither needs", add("paid", { name: "fee", type: "long", default: 0 }), []],
  ["removes that field", both(remove("paid", "fee"), add("paid", { name: "memo", type: "string", default: "" })), []],
  [
    "brings it back as another type, which the latest version would not mind",
    add("paid", { name: "fee", type: "string", default: "" }),
    ["error TYPE_MISMATCH paid /fields/2/type", "error TYPE_MISMATCH paid /fields/3/type"],
  ],
  [
    "adds a field that old readers pass over",
    add("counted", { name: "by", type: "string" }),
    ["warning READER_BROKEN counted /fields/3"],
  ],
  [
    "removes a field that old readers need",
    remove("counted", "place"),
    ["error READER_FIELD_MISSING_DEFAULT_VALUE counted /fields/2", "warning READER_BROKEN counted /fields/2"],
  ],
  ["removes a field that new readers do without", remove("placed", "note"), []],
  [
    "gives its name to something else, which stored events may not be",
    add("placed", { name: "note", type: "long", default: 0 }),
    ["warning TYPE_MISMATCH placed /fields/3/type"],
  ],
  [
    "changes a type that everything has in it",
    alter("Money", "units", { type: "string" }),
    ["error TYPE_MISMATCH Money /fields/0/type", "warning TYPE_MISMATCH placed /fields/3/type"],
  ],
  [
    "changes two topics at once, one of which may not",
    both(add("sent", { name: "to", type: "string" }), add("counted", { name: "why", type: "string" })),
    [
      "error READER_FIELD_MISSING_DEFAULT_VALUE sent /fields/3",
      "warning READER_BROKEN counted /fields/3",
      "warning READER_BROKEN counted /fields/4",
    ],
  ],
  ["promises something else", level("placed", "FORWARD"), ["warning LEVEL_LOWERED placed"]],
  ["makes use of that", add("placed", { name: "customer", type: "string" }), []],
  [
    "promises more than holds",
    both(level("placed", "BACKWARD_TRANSITIVE"), add("placed", { name: "web", type: "boolean", default: true })),
    [
      "error READER_FIELD_MISSING_DEFAULT_VALUE placed /fields/4",
      "error TYPE_MISMATCH placed /fields/3/type",
      "warning LEVEL_LOWERED placed",
    ],
  ],
];

/** A worker that is built with the topic's schema: what it could not read is told as well. */
const READERS: readonly DeclaredReader[] = [
  { group: "stock", file: "workers/stock.ts", topic: `${topicOf("counted")}.v1`, schema: undefined },
];

/** Everything that remembers what was accepted so far. */
interface Memory {
  readonly name: string;
  readonly registry: Registry;
  lock: Lock;
}

const ours = await openRegistry();
const places = [
  { name: "the embedded registry", url: ours.url },
  ...(cluster === undefined ? [] : [{ name: "the registry of this run", url: cluster.registry }]),
];
const memories: Memory[] = places.map(({ name, url }) => ({
  name,
  registry: createRegistry({ url, latestTtlMs: 0, missTtlMs: 0 }),
  lock: { subjects: new Map() },
}));
const repository = await createRepository({ "README.md": "A shop." });
await repository.git("switch", "--quiet", "--create", "work");

afterAll(async () => {
  for (const { registry } of memories) registry.close();
  await ours.close();
  await repository[Symbol.asyncDispose]();
});

describe("git, the lock and the registry say the same of each revision", () => {
  const dir = join(repository.dir, "schemas");
  let accepted = BEGIN;

  test.each(REVISIONS.map((revision, index) => [index + 1, ...revision] as const))(
    "%i: it %s",
    async (_number, title, change, expected) => {
      const candidate = change(accepted);
      await repository.write(filesOf(candidate));
      const { catalog, problems } = readCatalog(dir);
      expect(problems).toEqual([]);

      const verdicts = await verdictsOf(dir, repository);
      const [[, first] = ["", []]] = verdicts;
      expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(verdicts.map(([name]) => [name, first])));
      expect(summaryOf(first)).toEqual(expected);

      const isRefused = first.some((line) => line.startsWith("error"));
      for (const memory of memories) {
        expect({ at: memory.name, refused: await isStopped(memory, catalog) }).toEqual({
          at: memory.name,
          refused: isRefused,
        });
      }
      if (isRefused) await repository.git("checkout", "--quiet", "--", "schemas");
      else {
        accepted = candidate;
        await repository.commit(title);
        await repository.git("branch", "--force", "main", "HEAD");
      }
    },
    30_000,
  );
});

test("a schema that goes back to what it was is the newest to git, and an old version to a registry", async () => {
  await using repository = await createRepository();
  const dir = join(repository.dir, "schemas");
  const [memory] = memories;
  if (memory === undefined) throw new Error("the embedded registry is always there");
  const one = { ...BEGIN, levels: { back: "BACKWARD" }, fields: { ...BEGIN.fields, back: [id] } };
  const other = add("back", { name: "note", type: "string", default: "" })(one);
  for (const [title, author] of [
    ["one", one],
    ["other", other],
    ["back", one],
  ] as const) {
    await repository.write(filesOf(author));
    await repository.commit(title);
    expect(await isStopped(memory, readCatalog(dir).catalog)).toBe(false);
  }
  const sizes = async (name: string) => {
    const base = await openBase(name, { dir, env: repository.env, registry: memory.registry });
    return base.subjects.get(`${topicOf("back")}.v1-value`)?.versions.map(({ text }) => JSON.parse(text).fields.length);
  };
  expect({ git: await sizes("git:HEAD"), registry: await sizes("registry") }).toEqual({
    git: [2, 1],
    registry: [1, 2],
  });
});

/** What each base says of the files as they are, line by line. */
async function verdictsOf(dir: string, { env, write }: Repository): Promise<[string, readonly string[]][]> {
  const reading = readCatalog(dir);
  const said = (base: Base): readonly string[] =>
    linesOf(checkCatalog({ reading, bases: [base], readers: READERS, settings: GATE_DEFAULTS, today: "2026-11-21" }));
  const verdicts: [string, readonly string[]][] = [["git", said(await openBase("git:main", { dir, env }))]];
  for (const { name, registry, lock } of memories) {
    verdicts.push([name, said(await openBase("registry", { dir, env, registry }))]);
    await write({ [`schemas/${LOCK_FILE}`]: lockText(lock) });
    verdicts.push([`the lock of ${name}`, said(await openBase("lock", { dir, env }))]);
  }
  await write({ [`schemas/${LOCK_FILE}`]: undefined });
  return verdicts;
}

/** What was found, without what a base alone knows: the names of versions, and where things stood. */
function linesOf({ findings }: Report): readonly string[] {
  return findings
    .map(({ severity, rule, direction = "", subject, path }) =>
      `${severity} ${rule} ${subject} ${path} ${direction}`.replaceAll(/ +/g, " ").trim(),
    )
    .toSorted((a, b) => (a < b ? -1 : 1));
}

/** What matters in a verdict, with short names; TypeScript's own rules are compared, and not written down here. */
function summaryOf(lines: readonly string[]): readonly string[] {
  const added = lines.filter((line) => line.includes("SUBJECT_ADDED")).length;
  const others = lines
    .filter((line) => !line.includes("SUBJECT_ADDED") && !line.includes(" TS_"))
    .map((line) =>
      line
        .replace(/ (BACK|FOR)WARD$/, "")
        .replace(`${prefix}.order.`, "")
        .replace(`${prefix}.`, "")
        .replace(".v1-value", ""),
    );
  return [...(added === 0 ? [] : [`info SUBJECT_ADDED ×${added}`]), ...new Set(others)];
}

/** Registers what is allowed, and remembers it in the lock. */
async function isStopped(memory: Memory, catalog: Catalog): Promise<boolean> {
  const applied = await applySchemas(memory.registry, catalog, { allowLowering: true });
  if (applied.stopped !== undefined) {
    expect(applied.done).toEqual([]);
    return true;
  }
  memory.lock = await lockOf(memory.registry, catalog, { before: memory.lock, deleted: new Set() });
  return false;
}

function filesOf({ levels, fields, indent }: Author): Record<string, string> {
  const text = (name: string, list: readonly Field[] = []) =>
    `${JSON.stringify({ type: "record", name, namespace: prefix, fields: list }, null, indent)}\n`;
  const topics = Object.entries(levels).flatMap(([name, compatibility]) => [
    [`schemas/${topicOf(name)}/topic.yaml`, `key: null\ncompatibility: ${compatibility}\n`],
    [`schemas/${topicOf(name)}/v1.avsc`, text(name, fields[name])],
  ]);
  return { ...Object.fromEntries(topics), "schemas/_shared/money.avsc": text("Money", fields.Money) };
}
