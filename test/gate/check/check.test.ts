import { describe, expect, test } from "bun:test";
import { parseSchema } from "../../../src/avro/index.ts";
import type { CatalogReading } from "../../../src/catalog/index.ts";
import { applyFixes, type DeclaredReader, type EarlierVersion, GATE_DEFAULTS, RULES } from "../../../src/gate/index.ts";
import { base, check, FILE, findings, folder, lines, SUBJECT, settingsOf, TOPIC, topic } from "./support.ts";

const cents = { name: "cents", type: "long" };
const note = { name: "note", type: ["null", "string"], default: null };
const state = (...symbols: string[]) => ({ name: "state", type: { type: "enum", name: "State", symbols } });
const hash = (size: number) => ({ name: "hash", type: { type: "fixed", name: "Hash", size } });
const lineItems = (name: string) => ({
  name: "items",
  type: { type: "array", items: { type: "record", name, fields: [{ name: "sku", type: "string" }] } },
});

const projection: DeclaredReader = {
  group: "projection",
  file: "workers/projection.ts",
  topic: TOPIC,
  schema: undefined,
};

describe("a break", () => {
  test.each([
    ["a new field without a default", [], [cents], "READER_FIELD_MISSING_DEFAULT_VALUE", "cents", 11, 15],
    ["another type", [cents], [{ name: "cents", type: "string" }], "TYPE_MISMATCH", "cents", 12, 15],
    [
      "a union that lost a branch",
      [note],
      [{ ...note, type: ["null", "int"] }],
      "MISSING_UNION_BRANCH",
      "note",
      12,
      15,
    ],
    ["an enum that lost a symbol", [state("A", "B")], [state("A")], "MISSING_ENUM_SYMBOLS", "state", 15, 9],
    ["a fixed of another size", [hash(16)], [hash(32)], "FIXED_SIZE_MISMATCH", "hash", 15, 17],
    ["a record of another name", [lineItems("Item")], [lineItems("Line")], "NAME_MISMATCH", "items[]", 16, 19],
  ] as const)("%s is found at its line, and nothing else", (_title, before, now, rule, field, line, column) => {
    const found = findings(folder(topic(before)), folder(topic(now)));
    expect(lines(found)).toEqual([`error ${rule} ${line}:${column} ${field}`]);
    expect(found[0]).toMatchObject({ subject: SUBJECT, direction: "BACKWARD", place: { file: FILE } });
    expect(found[0]?.message).toContain(SUBJECT);
    expect(found[0]?.witness?.error).toBeString();
  });

  test.each([
    ["a field that is gone", [cents], [], "READER_FIELD_MISSING_DEFAULT_VALUE", "cents", 5, 3],
    ["another type", [cents], [{ name: "cents", type: "string" }], "TYPE_MISMATCH", "cents", 12, 15],
    [
      "a union that got a branch",
      [note],
      [{ ...note, type: ["null", "string", "int"] }],
      "MISSING_UNION_BRANCH",
      "note",
      15,
      9,
    ],
    ["an enum that got a symbol", [state("A")], [state("A", "B")], "MISSING_ENUM_SYMBOLS", "state", 17, 11],
    ["a fixed of another size", [hash(16)], [hash(32)], "FIXED_SIZE_MISMATCH", "hash", 15, 17],
    ["a record of another name", [lineItems("Item")], [lineItems("Line")], "NAME_MISMATCH", "items[]", 16, 19],
  ] as const)(
    "%s breaks earlier schemas, where the level asks for them",
    (_title, before, now, rule, field, line, column) => {
      const forward = "key: id\ncompatibility: FORWARD\n";
      const found = findings(folder(topic(before, forward)), folder(topic(now, forward)));
      expect(lines(found)).toContain(`error ${rule} ${line}:${column} ${field}`);
      expect(found.map(({ direction }) => direction)).not.toContain("BACKWARD");
    },
  );

  test("what the level does not ask about is none", () => {
    const none = "key: id\ncompatibility: NONE\n";
    expect(findings(folder(topic([cents], none)), folder(topic([{ name: "cents", type: "string" }], none)))).toEqual(
      [],
    );
    const backward = folder(topic([cents, note]));
    expect(findings(backward, folder(topic([cents])))).toEqual([]);
  });

  test("where it stood is said for what was changed, and not for what is new", () => {
    const changed = findings(folder(topic([note, cents])), folder(topic([{ name: "cents", type: "string" }])));
    expect(changed[0]).toMatchObject({ place: { line: 12 }, oldPlace: { file: FILE, line: 20, column: 15 } });
    const added = findings(folder(topic([])), folder(topic([cents])));
    expect(added[0]).not.toHaveProperty("oldPlace");
  });

  test("one that several versions and bases have is told once, with all of them", () => {
    const [one, two] = [folder(topic([])), folder(topic([note]))];
    const { findings: found } = check({
      reading: folder(topic([cents], "key: id\ncompatibility: BACKWARD_TRANSITIVE\n")),
      bases: [base("git:main", two), base("registry", one, two)],
    });
    expect(lines(found)).toEqual(["error READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents"]);
    expect(found[0]?.against).toEqual([
      { base: "git:main", label: "version 1", version: 1 },
      { base: "registry", label: "version 2", version: 2 },
      { base: "registry", label: "version 1", version: 1 },
    ]);
  });

  test("with a version before the latest is a warning, where the level asks about the latest alone", () => {
    const bases = [base("registry", folder(topic([])), folder(topic([{ ...cents, default: 0 }])))];
    const reading = folder(topic([cents]));
    const found = check({ reading, bases }).findings;
    expect(lines(found)).toEqual(["warning READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents"]);
    expect(found[0]?.against.map(({ label }) => label)).toEqual(["version 1"]);
  });

  test("a witness is a record of the schema that wrote, with the error of the one that reads", () => {
    const found = findings(folder(topic([state("A", "B")])), folder(topic([state("A")])));
    expect(found[0]?.witness).toEqual({
      json: { id: "", state: "B" },
      bytes: "0002",
      error: expect.stringContaining("B"),
    });
  });

  test("a break that no record proves says why", () => {
    const before = folder(topic([{ name: "next", type: "shop.OrderPlaced" }]));
    const found = findings(before, folder(topic([{ name: "next", type: "int" }])));
    expect(found).toMatchObject([
      { rule: "TYPE_MISMATCH", noWitness: "no value of `shop.OrderPlaced` ever ends, so nobody can write one" },
    ]);
    expect(found[0]?.witness).toBeUndefined();
  });

  test("a fix comes as an edit", () => {
    const found = findings(folder(topic([])), folder(topic([cents])));
    expect(new Set(found[0]?.fix?.edits.map(({ file }) => file))).toEqual(new Set([FILE]));
  });
});

describe("a subject", () => {
  test("that did not change is not compared, whatever its white space", () => {
    const before = folder(topic([cents]));
    const now = folder({ "shop.order.placed": { schema: JSON.stringify(JSON.parse(before.places.text(FILE) ?? "")) } });
    expect(check({ reading: now, bases: [base("git:main", before)] })).toMatchObject({
      findings: [],
      subjects: [{ subject: SUBJECT, file: FILE, status: "unchanged", level: "BACKWARD" }],
      bases: [{ name: "git:main", subjects: 1, versions: 1, note: "" }],
    });
  });

  test("that did not change is compared with all versions, once its level asks for more", () => {
    const latest = topic([cents]);
    const more = topic([cents], "key: id\ncompatibility: BACKWARD_TRANSITIVE\n");
    const bases = [base("registry", folder(topic([])), folder(latest))];
    expect(check({ reading: folder(latest), bases }).findings).toEqual([]);
    expect(lines(check({ reading: folder(more), bases }).findings)).toEqual([
      "error READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents",
    ]);
  });

  test("that is new is told, and is no error", () => {
    const reading = folder(topic([cents]));
    const { findings: found, subjects } = check({ reading, bases: [base("git:main")] });
    expect(lines(found)).toEqual(["info SUBJECT_ADDED 3:11"]);
    expect(subjects[0]?.status).toBe("new");
  });

  test("that is gone is a warning, and an error where a worker reads it", () => {
    const before = folder(topic([cents]));
    const bases = [base("git:main", before)];
    const gone = check({ reading: folder({}), bases });
    expect(gone.findings[0]).toMatchObject({
      severity: "warning",
      rule: "SUBJECT_REMOVED",
      place: { file: FILE, line: 1 },
    });
    expect(gone.subjects).toEqual([{ subject: SUBJECT, file: FILE, status: "removed", level: "BACKWARD" }]);
    const read = check({ reading: folder({}), bases, readers: [projection] });
    expect(read.findings[0]).toMatchObject({ severity: "error", groups: ["projection"] });
    expect(read.findings[0]?.message).toBe(
      `${SUBJECT} is gone: there is no ${FILE} any more, and projection still reads it`,
    );
  });

  test("that only a registry has is not of this folder", () => {
    expect(check({ reading: folder({}), bases: [base("registry", folder(topic([cents])))] }).findings).toEqual([]);
  });

  test("that only the lock still has was removed before, where git says so", () => {
    const [there, nothing] = [folder(topic([cents])), folder({})];
    expect(check({ reading: nothing, bases: [base("git:main", nothing), base("lock", there)] }).findings).toEqual([]);
    expect(lines(check({ reading: nothing, bases: [base("lock", there)] }).findings)).toEqual([
      "warning SUBJECT_REMOVED 1:1",
    ]);
  });

  test("of another name is told as that, and as nothing else", () => {
    const [before, now] = ["shop.order.placed", "shop.order.created"].map((name) =>
      folder({ [name]: { schema: { type: "record", name: "OrderPlaced", fields: [{ name: "id", type: "string" }] } } }),
    ) as [CatalogReading, CatalogReading]; // Of two names.
    const found = findings(before, now);
    expect(lines(found)).toEqual(["warning SUBJECT_RENAMED 3:11"]);
    expect(found[0]?.message).toStartWith(`${SUBJECT} is now shop.order.created.v1-value: `);
  });

  test("whose file is broken is not gone", () => {
    const found = findings(folder(topic([cents])), folder({ "shop.order.placed": { schema: '{\n  "type": 7 }' } }));
    expect(lines(found)).toEqual(["error SCHEMA_INVALID 2:11"]);
    expect(found[0]).toMatchObject({ subject: SUBJECT, place: { offset: 12, length: 1, endColumn: 12 } });
  });
});

describe("topic.yaml", () => {
  test("another key is an error at its line", () => {
    const found = findings(folder(topic([cents], "key: id")), folder(topic([cents], "owner: us\nkey: cents")));
    expect(lines(found)).toEqual(["error KEY_CHANGED 2:1"]);
    expect(found[0]?.message).toContain("is now `cents`, was `id`");
    expect(findings(folder(topic([cents], "key: id")), folder(topic([cents], "key: [id]")))).toEqual([]);
  });

  test("a key whose field has another name, and the old one for an alias, is the same key", () => {
    const named = (name: string, more: object = {}) => ({ name, type: "string", ...more });
    const before = folder(topic([named("customer")], "key: [customer, id]"));
    const renamed = named("buyer", { aliases: ["customer"] });
    const now = (fields: readonly object[], key: string) => folder(topic(fields, `key: ${key}`));
    expect(findings(before, now([renamed], "[buyer, id]"))).toEqual([]);
    // In another place, without the alias, or beside a field that has the old name yet, it is another key.
    for (const [fields, key] of [
      [[renamed], "[id, buyer]"],
      [[named("customer"), named("buyer", { default: "" })], "[buyer, id]"],
      [[named("customer"), { ...renamed, default: "" }], "[buyer, id]"],
    ] as const) {
      expect(lines(findings(before, now(fields, key)))).toContain("error KEY_CHANGED 1:1");
    }
  });

  test("a lower level is a warning, and one that is declared no more is one too, and that of before", () => {
    const full = folder(topic([cents, note], "key: id\ncompatibility: FULL"));
    expect(lines(findings(full, folder(topic([cents, note], "key: id\ncompatibility: BACKWARD"))))).toEqual([
      "warning LEVEL_LOWERED 2:1",
    ]);
    const undeclared = folder(topic([cents, note]));
    const report = check({ reading: undeclared, bases: [base("git:main", full)] });
    expect(lines(report.findings)).toEqual(["warning LEVEL_LOWERED 1:1"]);
    expect(report.findings[0]?.message).toBe(
      `${SUBJECT} promises less than before: topic.yaml says no compatibility any more, which makes it BACKWARD; it was FULL`,
    );
    expect(report.findings[0]).toMatchObject({ oldPlace: { line: 2 }, against: [{ base: "git:main" }] });
    expect(report.subjects).toMatchObject([{ level: "FULL" }]);
    // Where it was never declared, as a registry has it, nothing was taken back.
    expect(check({ reading: undeclared, bases: [base("git:main", undeclared)] }).findings).toEqual([]);
    const plain = folder(topic([cents, note], "key: id\ncompatibility: BACKWARD"));
    expect(check({ reading: undeclared, bases: [base("git:main", plain)] }).findings).toEqual([]);
    expect(findings(full, folder(topic([cents, note], "key: id\ncompatibility: FULL_TRANSITIVE")))).toEqual([]);
  });

  test("what is wrong in it is a finding, and the rest is checked", () => {
    const now = folder({ ...topic([]), "shop.order.paid": { schema: "{}", settings: "kee: id" } });
    expect(lines(findings(folder(topic([])), now))).toContain("error TOPIC_INVALID 1:1");
  });

  test("a merge that git could not make is told as that", () => {
    const found = findings(folder(topic([])), folder({ "shop.order.placed": { schema: "{\n<<<<<<< HEAD\n" } }));
    expect(found[0]).toMatchObject({ rule: "SCHEMA_INVALID", place: { line: 2 } });
    expect(found[0]?.message).toContain("a merge conflict that is not resolved");
  });

  test("a file that is no YAML has neither lost its key nor lowered its level", () => {
    const before = folder(topic([cents, note], "key: id\ncompatibility: FULL"));
    const now = folder(topic([cents, note], "key: [id\ncompatibility: FULL"));
    expect(lines(findings(before, now))).toEqual([expect.stringMatching(/^error TOPIC_INVALID/)]);
  });
});

describe("a field that went, and one that looks like it", () => {
  const settings = GATE_DEFAULTS;
  const optional = (name: string, more: object = {}) => ({ name, type: ["null", "string"], default: null, ...more });

  test("are perhaps the same: the alias that keeps what is stored is offered", () => {
    const now = folder(topic([optional("notice")]));
    const found = findings(folder(topic([optional("note")])), now, { settings });
    expect(lines(found)).toEqual(["warning TS_FIELD_REMOVED 5:3 note"]);
    expect(found[0]?.help).toStartWith("If it is `notice` now: what is stored under the old name is lost to readers,");
    expect(found[0]?.fix?.title).toBe('add "aliases": ["note"] to `notice`: it was called that');
    const text = applyFixes({ findings: found }, () => now.places.text(FILE) ?? "").changed.get(FILE) ?? "";
    const mended = findings(folder(topic([optional("note")])), folder({ "shop.order.placed": { schema: text } }), {
      settings,
    });
    expect(lines(mended)).toEqual(["warning TS_FIELD_REMOVED 11:15 note"]);
    expect(mended[0]?.help).toEndWith("Events that are posted under the old name are refused.");
    expect(mended[0]?.fix).toBeUndefined();
  });

  test.each([
    ["of another name", [optional("note")], [optional("channel")]],
    ["of another type", [optional("note")], [{ name: "notice", type: "long", default: 0 }]],
    ["two of them", [optional("note")], [optional("notice"), optional("notes")]],
  ])("are not the same: %s", (_, before, now) => {
    const [found] = findings(folder(topic(before)), folder(topic(now)), { settings });
    expect(found?.rule).toBe("TS_FIELD_REMOVED");
    expect(found).not.toHaveProperty("fix");
    expect(found?.help).not.toContain("notice");
  });
});

describe("workers", () => {
  const removed = [folder(topic([cents])), folder(topic([]))] as const;

  test("one that runs with the schema of before is told of what it cannot read", () => {
    const found = findings(...removed, { readers: [projection] });
    expect(lines(found)).toEqual(["warning READER_BROKEN 5:3 cents"]);
    expect(found[0]).toMatchObject({ groups: ["projection"], direction: "FORWARD" });
    expect(found[0]?.message).toEndWith(": breaks projection until it runs with this schema");
    expect(findings(...removed, { readers: [{ ...projection, topic: "shop.order.paid.v1" }] })).toEqual([]);
  });

  test("what breaks a promise and a worker is told once", () => {
    const changed = [folder(topic([cents])), folder(topic([{ name: "cents", type: "string" }]))] as const;
    const found = findings(...changed, { readers: [projection] });
    expect(lines(found)).toEqual(["error TYPE_MISMATCH 12:15 cents"]);
    expect(found[0]?.groups).toEqual(["projection"]);
  });

  test("one with a schema of its own is not mended by deploying it", () => {
    const own = parseSchema({
      type: "record",
      name: "shop.OrderPlaced",
      fields: [{ name: "cents", type: "long" }],
    });
    const found = findings(...removed, { readers: [{ ...projection, schema: own }] });
    expect(lines(found)).toEqual(["error READER_BROKEN 1:1 cents"]);
    expect(found[0]).toMatchObject({
      message: `projection reads ${SUBJECT} with a schema of its own, in which \`cents\` has no default, and events have no such field`,
      help: "Give `cents` a default in `readers` of workers/projection.ts, or remove it there.",
      place: { file: "workers/projection.ts" },
    });
    expect(findings(removed[0], removed[0], { readers: [{ ...projection, schema: own }] })).toEqual([]);
  });

  test("whatever Bun says of a worker, the finding is the same one", () => {
    const same = folder(topic([cents]));
    const prints = ["Unexpected ;", "Unexpected }"].map((message) => {
      const brokenWorkers = [{ file: "workers/lib.ts", line: 1, column: 1, message }];
      return findings(same, same, { brokenWorkers })[0]?.fingerprint;
    });
    expect(new Set(prints).size).toBe(1);
  });

  test("a field that has another name was not removed, and its alias helps no earlier schema", () => {
    const now = folder(topic([{ name: "amount", type: "long", aliases: ["cents"] }]));
    const [broken] = findings(removed[0], now, { readers: [projection] });
    expect(broken).toMatchObject({ rule: "READER_BROKEN", place: { line: 11, column: 15 } });
    expect(broken?.message).toStartWith(
      `\`cents\` of ${SUBJECT} is called \`amount\` now, and earlier schemas neither know that name nor have a default`,
    );
    const full = topic([{ name: "amount", type: "long", aliases: ["cents"] }], "key: id\ncompatibility: FULL");
    const [promised] = findings(removed[0], folder(full));
    expect(promised).toMatchObject({ severity: "error", rule: "READER_FIELD_MISSING_DEFAULT_VALUE" });
    expect(promised?.help).toContain("FORWARD and FULL take no new name at all");
  });

  test("one that cannot be loaded is told, whatever was asked about, and once where several import what is wrong", () => {
    const broken = { file: "workers/lib.ts", line: 21, column: 11, message: "Unexpected ;" };
    const same = folder(topic([cents]));
    const brokenWorkers = [broken, broken];
    const found = findings(same, same, { brokenWorkers, only: new Set([SUBJECT]) });
    expect(lines(found)).toEqual(["warning WORKER_INVALID 21:11"]);
    expect(found[0]?.message).toEndWith(": Unexpected ;");
  });

  test("one that would not start, under a level that promises nothing, is told", () => {
    const none = "key: id\ncompatibility: NONE\n";
    const found = findings(folder(topic([], none)), folder(topic([cents], none)), { readers: [projection] });
    expect(lines(found)).toEqual(["warning READER_BROKEN 11:15 cents"]);
    expect(found[0]?.message).toEndWith(": projection would not start with this schema while such events are stored");
  });
});

describe("a shared type", () => {
  const money = (...fields: unknown[]) => ({ money: { type: "record", name: "shared.Money", fields } });
  const uses = {
    ...topic([{ name: "price", type: "shared.Money" }]),
    "shop.order.paid": {
      schema: {
        type: "record",
        name: "shop.OrderPaid",
        fields: [
          { name: "id", type: "string" },
          { name: "prices", type: { type: "array", items: "shared.Money" } },
        ],
      },
    },
  };

  test("speaks for the topics that use it", () => {
    const found = findings(folder(uses, money(cents)), folder(uses, money(cents, { name: "tax", type: "long" })));
    expect(lines(found)).toEqual(["error READER_FIELD_MISSING_DEFAULT_VALUE 10:15 tax"]);
    expect(found[0]).toMatchObject({ subject: "shared.Money", place: { file: "schemas/_shared/money.avsc" } });
    expect(found[0]?.help).toEndWith("Also in shop.order.paid.v1-value and shop.order.placed.v1-value.");
  });

  test("is told where one of these topics is asked about alone", () => {
    const before = folder(uses, money(cents));
    const reading = folder(uses, money(cents, { name: "tax", type: "long" }));
    const only = new Set(["shop.order.paid.v1-value"]);
    const report = check({ reading, bases: [base("git:main", before)], only });
    expect(report.findings.map(({ subject }) => subject)).toEqual(["shared.Money"]);
    expect(report.subjects.map(({ subject }) => subject)).toEqual(["shop.order.paid.v1-value"]);
  });
});

describe("an earlier schema that is none", () => {
  test("is a warning, and the others are compared", () => {
    const before = base("registry", folder(topic([])), folder(topic([note])));
    const history = before.subjects.get(SUBJECT);
    const broken = { label: "version 3", version: 3, text: "{}", schema: () => parseSchema({ type: "recod" }) };
    const versions = [...(history?.versions ?? []), broken];
    const bases = [{ ...before, subjects: new Map([[SUBJECT, { subject: SUBJECT, versions }]]) }];
    const reading = folder(topic([cents], "key: id\ncompatibility: BACKWARD_TRANSITIVE\n"));
    expect(lines(check({ reading, bases }).findings)).toEqual([
      "error READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents",
      "warning EARLIER_INVALID 1:1",
    ]);
  });

  test("what a file held that was no schema is not the latest: the one before it is", () => {
    const before = base("git:main", folder(topic([])));
    const versionOf = (text: string): EarlierVersion => ({
      label: "4f1c09a",
      text,
      schema: () => parseSchema(JSON.parse(text)),
    });
    const broken = versionOf('{"type":"record","name":"Broken","fields":[{"name":"id","type":"nothing"}]}');
    const versions = [...(before.subjects.get(SUBJECT)?.versions ?? []), broken];
    const of = (given: readonly EarlierVersion[]) => {
      const bases = [{ ...before, subjects: new Map([[SUBJECT, { subject: SUBJECT, versions: given }]]) }];
      return check({ reading: folder(topic([cents])), bases });
    };
    expect(lines(of(versions).findings)).toEqual([
      "error READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents",
      "warning EARLIER_INVALID 1:1",
    ]);
    const never = of([broken]);
    expect(lines(never.findings)).toEqual(["warning EARLIER_INVALID 1:1"]);
    expect(never.subjects).toMatchObject([{ status: "changed" }]);
  });
});

describe("the rules of gate.yaml", () => {
  const change = [folder(topic([cents])), folder(topic([]))] as const;
  const set = (rule: string, level: "error" | "warning" | "info" | "off") =>
    settingsOf({ rules: new Map([[rule, level]]) });

  test.each([
    ["error", ["error READER_BROKEN 5:3 cents"]],
    ["info", ["info READER_BROKEN 5:3 cents"]],
    ["off", []],
  ] as const)("a rule set to %s", (level, expected) => {
    const found = findings(...change, { readers: [projection], settings: set("READER_BROKEN", level) });
    expect(lines(found)).toEqual([...expected]);
  });

  test("what is less than usual is not made more", () => {
    const bases = [base("registry", folder(topic([])), folder(topic([{ ...cents, default: 0 }])))];
    const of = (level: "error" | "info") =>
      lines(
        check({ reading: folder(topic([cents])), bases, settings: set("READER_FIELD_MISSING_DEFAULT_VALUE", level) })
          .findings,
      );
    expect(of("error")).toEqual(["warning READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents"]);
    expect(of("info")).toEqual(["info READER_FIELD_MISSING_DEFAULT_VALUE 11:15 cents"]);
  });
});

describe("what is ignored", () => {
  const change = [folder(topic([cents], "key: id")), folder(topic([cents], "key: cents"))] as const;
  const place = { file: "schemas/gate.yaml", line: 3, column: 5, endLine: 3, endColumn: 9, offset: 20, length: 4 };
  const entry = { rule: "KEY_CHANGED", subject: SUBJECT, reason: "agreed", until: "2026-11-21", place };
  const reportWith = (given: Partial<typeof entry> & { fingerprint?: string }, today = "2026-11-21") =>
    check({
      reading: change[1],
      bases: [base("git:main", change[0])],
      settings: settingsOf({ ignores: [{ ...entry, ...given }] }),
      today,
    });

  test("counts no more, up to and on its last day", () => {
    const report = reportWith({});
    expect(report.findings).toEqual([]);
    expect(report.ignored).toMatchObject([{ finding: { rule: "KEY_CHANGED" }, reason: "agreed", until: "2026-11-21" }]);
  });

  test("counts again on the day after, and its entry is told", () => {
    const report = reportWith({}, "2026-11-22");
    expect(lines(report.findings)).toEqual(["error KEY_CHANGED 1:1", "warning IGNORE_EXPIRED 3:5"]);
    expect(report.ignored).toEqual([]);
  });

  test("may be one finding of several, by its fingerprint", () => {
    const [finding] = findings(...change);
    expect(reportWith({ fingerprint: finding?.fingerprint ?? "" }).ignored).toHaveLength(1);
    expect(lines(reportWith({ fingerprint: "000000000000" }).findings)).toEqual([
      "error KEY_CHANGED 1:1",
      "warning IGNORE_UNUSED 3:5",
    ]);
  });

  test("and no longer there is told, unless its subject was not asked about", () => {
    const unused = reportWith({ subject: "shop.order.paid.v1-value" });
    expect(lines(unused.findings)).toEqual(["error KEY_CHANGED 1:1", "warning IGNORE_UNUSED 3:5"]);
    const { findings: found } = check({
      reading: change[1],
      bases: [base("git:main", change[0])],
      settings: settingsOf({ ignores: [{ ...entry, subject: "shop.order.paid.v1-value" }] }),
      only: new Set([SUBJECT]),
    });
    expect(lines(found)).toEqual(["error KEY_CHANGED 1:1"]);
  });
});

test("an entry about style is not for a check to need", () => {
  const place = { file: "schemas/gate.yaml", line: 3, column: 5, endLine: 3, endColumn: 9, offset: 20, length: 4 };
  const rule = RULES.find(({ family }) => family === "lint")?.id ?? "";
  const ignores = [{ rule, subject: SUBJECT, reason: "agreed", until: "2027-01-01", place }];
  const reading = folder(topic([]));
  expect(check({ reading, bases: [base("lock", reading)], settings: settingsOf({ ignores }) }).findings).toEqual([]);
});

describe("a fingerprint", () => {
  const wrong = { name: "cents", type: "string" };
  const printOf = (before: readonly unknown[], now: readonly unknown[]) =>
    findings(folder(topic(before)), folder(topic(now))).map(({ fingerprint }) => fingerprint);

  test("stays when lines and fields move, and is another for another meaning", () => {
    const [one] = printOf([cents], [wrong]);
    expect(one).toMatch(/^[0-9a-f]{12}$/);
    expect(printOf([note, cents], [note, { ...note, name: "more" }, wrong])).toEqual([one ?? ""]);
    expect(printOf([{ ...cents, type: "int" }], [wrong])).not.toEqual([one ?? ""]);
    expect(printOf([{ ...cents, name: "total" }], [{ ...wrong, name: "total" }])).not.toEqual([one ?? ""]);
  });
});

test("the order is the same, whatever the order of the bases", () => {
  const [before, now] = [
    folder(topic([cents, state("A", "B")])),
    folder(topic([state("A"), { name: "cents", type: "string" }])),
  ];
  const orders = [
    [base("git:main", before), base("lock", before)],
    [base("lock", before), base("git:main", before)],
  ].map((bases) => check({ reading: now, bases }).findings.map(({ fingerprint }) => fingerprint));
  expect(orders[0]).toHaveLength(2);
  expect(orders[0]).toEqual(orders[1] ?? []);
});

test("what TypeScript notices is a warning, against the latest alone", () => {
  const grown = { name: "cents", type: ["null", "int", "long"], default: null };
  const before = folder(topic([{ name: "cents", type: ["null", "int"], default: null }]));
  const bases = [base("lock", before), base("git:main", before)];
  const found = check({ reading: folder(topic([grown])), bases, settings: GATE_DEFAULTS }).findings;
  expect(found).toMatchObject([{ severity: "warning", subject: SUBJECT, field: "cents" }]);
  expect(found[0]?.rule).toStartWith("TS_");
  expect(found[0]?.against).toHaveLength(2);
});
