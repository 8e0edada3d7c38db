import { describe, expect, test } from "bun:test";
import { parseSchema } from "../../../src/avro/index.ts";
import {
  type Changelog,
  changelogHtml,
  changelogJson,
  changelogMarkdown,
  changelogOfVersions,
  compareSchemas,
  diffHtml,
  diffJson,
  diffText,
} from "../../../src/gate/index.ts";

const field = (name: string, type: unknown, rest: object = {}) => ({ name, type, ...rest });
const record = (...fields: readonly object[]) => ({ type: "record", name: "Order", namespace: "shop", fields });
const side = (name: string, json: unknown) => ({ name, schema: parseSchema(json) });

const OLDER = record(
  field("id", "string"),
  field("cents", "int"),
  field("state", { type: "enum", name: "State", symbols: ["OPEN"] }),
);
const NEWER = record(
  field("id", "string", { doc: "The order." }),
  field("cents", "long"),
  field("state", { type: "enum", name: "State", symbols: ["OPEN", "DONE"] }),
  field("note", ["null", "string"], { default: null }),
);
const DIFF = compareSchemas("shop.order-value", { older: side("main", OLDER), newer: side("the working tree", NEWER) });

test("a diff for the terminal says what changed, what it means, and who takes it", () => {
  expect(diffText([DIFF])).toBe(`shop.order-value: 4 changes
  from main to the working tree

  + id     doc The order.
      is explained now
  ~ cents  int → long
      breaks FORWARD: what is written as \`long\`, earlier readers cannot read as \`int\`
  + state  symbol DONE
      breaks FORWARD: a new symbol, which earlier readers do not know and have no default for
  + note   null | string
      a new field; in records without it, it is \`null\`

  The newer schema reads what the older wrote; the older does not read what the newer writes.

  Which levels take it, of these two schemas:
    NONE  BACKWARD  BACKWARD_TRANSITIVE  FORWARD  FORWARD_TRANSITIVE  FULL  FULL_TRANSITIVE
    yes   yes       yes                  no       no                  no    no

  In TypeScript:
    TS_NUMBER_PRECISION   cents  was \`int\`, and may be beyond ±(2^53-1) now, which a JavaScript number does not hold: such a record cannot be decoded
    TS_ENUM_SYMBOL_ADDED  state  may be \`DONE\` now: a \`switch\` over its symbols misses it
`);
});

test.each([40, 60, 80, 100])("on a terminal of %i columns nothing is wider, and all is said", (columns) => {
  const text = diffText([DIFF], { columns });
  expect(text.split("\n").filter((line) => line.length > columns)).toEqual([]);
  const words = (of: string) => of.split(/\s+/).sort().join(" ");
  expect(words(text)).toBe(words(diffText([DIFF])));
});

test("on a narrow terminal a line goes on where it began", () => {
  const text = diffText([DIFF], { columns: 60 });
  expect(text).toContain(`  ~ cents  int → long
      breaks FORWARD: what is written as \`long\`, earlier
        readers cannot read as \`int\`
`);
  expect(text).toContain(`    NONE                 yes
    BACKWARD             yes
    BACKWARD_TRANSITIVE  yes
`);
  expect(text).toContain(`    TS_ENUM_SYMBOL_ADDED  state
      may be \`DONE\` now: a \`switch\` over its symbols
        misses it
`);
});

test("a subject that is new or gone, and one that is the same, take two lines", () => {
  const older = side("main", OLDER);
  expect(diffText([compareSchemas("s", { older, newer: undefined })])).toBe("s: the subject is gone\n  from main\n");
  expect(diffText([compareSchemas("s", { older: undefined, newer: older })])).toBe("s: a new subject\n  to main\n");
  expect(diffText([compareSchemas("s", { older, newer: older })])).toBe("s: no change\n  from main to main\n");
});

test.each([
  [OLDER, OLDER, [true, true, true]],
  [OLDER, record(...OLDER.fields, field("new", "int", { default: 1 })), [true, true, true]],
  [OLDER, record(...OLDER.fields, field("new", "int")), [false, true, false]],
  [OLDER, NEWER, [true, false, false]],
  [record(field("id", "string")), record(field("id", "int")), [false, false, false]],
] as const)("the levels are those of both verdicts: %#", (older, newer, [backward, forward, full]) => {
  const { levels } = compareSchemas("s", { older: side("a", older), newer: side("b", newer) });
  expect(levels).toEqual({
    NONE: true,
    BACKWARD: backward,
    BACKWARD_TRANSITIVE: backward,
    FORWARD: forward,
    FORWARD_TRANSITIVE: forward,
    FULL: full,
    FULL_TRANSITIVE: full,
  });
});

test("the reasons are told where no change alone is at fault", () => {
  const empty = (name: string, aliases: readonly string[]) => ({
    type: "record",
    name,
    fields: [field("f", "null", { aliases })],
  });
  // The new branch is tried before the one that fits, and Avro Java gives up at a field that it finds twice.
  const newer = ["null", empty("New", ["f"]), empty("Old", [])];
  const diff = compareSchemas("s", { older: side("a", ["null", empty("Old", [])]), newer: side("b", newer) });
  expect(diff.changes.map(({ newReadsOld }) => newReadsOld)).toEqual([true]);
  expect(diffText([diff])).toMatch(/Neither schema reads what the other writes\.\n {4}the newer: .*`f`/);
});

test("the reasons are not told again where a change says them", () => {
  const diff = compareSchemas("s", {
    older: side("a", OLDER),
    newer: side("b", record(...OLDER.fields, field("new", "int"))),
  });
  expect(diff.newReadsOld).toHaveLength(1);
  expect(diffText([diff])).not.toContain("the newer:");
});

test("a diff for programs has every change with its paths, both verdicts and the levels", () => {
  expect(diffJson([DIFF])).toMatchObject({
    diffs: [
      {
        subject: "shop.order-value",
        older: "main",
        newer: "the working tree",
        changes: [
          { kind: "DOC" },
          { kind: "TYPE_CHANGED", field: "cents", olderPath: ["fields", "1", "type"] },
          {},
          {},
        ],
        newReadsOld: { compatible: true, incompatibilities: [] },
        oldReadsNew: {
          compatible: false,
          incompatibilities: [{ type: "TYPE_MISMATCH" }, { type: "MISSING_ENUM_SYMBOLS" }],
        },
        levels: { BACKWARD: true, FULL: false },
        typescript: [{ rule: "TS_NUMBER_PRECISION" }, { rule: "TS_ENUM_SYMBOL_ADDED" }],
      },
    ],
  });
  // What a program gets is what JSON can hold.
  expect(JSON.parse(JSON.stringify(diffJson([DIFF])))).toEqual(diffJson([DIFF]));
});

describe("a page", () => {
  const evil = `<script>alert("1")</script> & <img src=x onerror='x'>`;
  const hostile = compareSchemas(evil, {
    older: side(evil, record(field("id", "string"))),
    newer: side("b", record(field("id", "string", { doc: evil, [evil]: 1 }))),
  });

  test("has every change, loads nothing, and runs nothing", () => {
    const html = diffHtml([DIFF]);
    expect(html).toContain("<code>int → long</code>");
    expect(html).toContain('<b class="breaks">breaks FORWARD</b>');
    expect(html).toContain("color-scheme: light dark");
    expect(html).not.toMatch(/<script|<link|<img|url\(|https?:|@import/);
  });

  test.each([
    ["diff", diffHtml([hostile])],
    ["changelog", changelogHtml({ entries: [{ label: evil, date: evil, title: evil, diffs: [hostile] }], note: evil })],
  ])("%s takes no tag from a schema", (_name, html) => {
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img");
  });
});

describe("a changelog", () => {
  const version = (number: number, json: unknown) => ({ label: `version ${number}`, schema: () => parseSchema(json) });
  const log: Changelog = changelogOfVersions([
    { subject: "shop.order-value", versions: [version(1, OLDER), version(2, NEWER)] },
  ]);

  test("of a registry's versions begins with the newest", () => {
    expect(changelogMarkdown(log)).toBe(`# Changes of the schemas

## version 2 of shop.order-value

### \`shop.order-value\`: 4 changes

- added \`id\`: \`doc The order.\`; is explained now
- changed \`cents\`: \`int → long\`; **breaks FORWARD**: what is written as \`long\`, earlier readers cannot read as \`int\`
- added \`state\`: \`symbol DONE\`; **breaks FORWARD**: a new symbol, which earlier readers do not know and have no default for
- added \`note\`: \`null | string\`; a new field; in records without it, it is \`null\`
- \`TS_NUMBER_PRECISION\`: \`cents\` was \`int\`, and may be beyond ±(2^53-1) now, which a JavaScript number does not hold: such a record cannot be decoded
- \`TS_ENUM_SYMBOL_ADDED\`: \`state\` may be \`DONE\` now: a \`switch\` over its symbols misses it

## version 1 of shop.order-value

### \`shop.order-value\`: a new subject
`);
    expect(changelogJson(log)).toMatchObject({ entries: [{ label: "version 2" }, { label: "version 1" }], note: "" });
  });

  test("takes no markdown from a commit or a schema", () => {
    const entry = { label: "4f1c09a", date: "2026-11-21T00:00:00Z", title: "Add *a* <b> [x](y) `c`", diffs: [] };
    const text = changelogMarkdown({ entries: [entry], note: "a_b" });
    expect(text).toContain("## 2026-11-21 `4f1c09a` Add \\*a\\* \\<b\\> \\[x\\](y) `c`");
    expect(text).toContain("_a\\_b_");
    const doc = record(field("id", "string", { doc: "a `b` ``c``" }));
    const diff = compareSchemas("s", { older: side("a", record(field("id", "string"))), newer: side("b", doc) });
    expect(changelogMarkdown({ entries: [{ ...entry, diffs: [diff] }], note: "" })).toContain(
      "``` doc a `b` ``c`` ```",
    );
  });

  test("of nothing says so", () => {
    expect(changelogMarkdown({ entries: [], note: "" })).toContain("No schema has changed.");
    expect(changelogHtml({ entries: [], note: "" })).toContain("No schema has changed.");
  });
});
