import { describe, expect, test } from "bun:test";
import { type Finding, FORMATS } from "../../../src/gate/index.ts";
import { contextOf, FILE, findingOf, placeOf, reportOf, TEXT } from "./report-of.ts";

const { text } = FORMATS;

test("a finding is told with its line, its proof, what it breaks and what mends it", () => {
  const finding = findingOf({
    against: [
      { base: "git:main", label: "4f1c09a" },
      { base: "registry", label: "version 2", version: 2 },
      { base: "registry", label: "version 1", version: 1 },
    ],
    groups: ["order-projection", "order-emails"],
    witness: { json: { order_id: "" }, bytes: "00", error: "coupon is missing" },
    help: "Or give it a new name.",
    fix: { title: 'add `"default": ""`', edits: [] },
  });
  expect(text.write(reportOf([finding]), contextOf({ tookMs: 41.4 }))).toBe(`\
schemas/orders.order.created/v1.avsc:6:15 error READER_FIELD_MISSING_DEFAULT_VALUE orders.order.created.v1-value
  \`coupon\` has no default, and earlier records do not have it
  6 |     { "name": "coupon", "type": "string" }
    |               ^^^^^^^^
  breaks with git:main (schema of 4f1c09a); registry version 2, 1
  breaks order-projection, order-emails
  proof: {"order_id":""}
    was valid, and this schema cannot read it: coupon is missing
  Or give it a new name.
  fix: add \`"default": ""\`  (sluice check --fix)
  sluice explain READER_FIELD_MISSING_DEFAULT_VALUE  (fingerprint 3f0a11c2d4e5)

Where the break is meant: \`sluice bump orders.order.created\` makes a topic of its own of it.
1 error in 1 of 2 subjects; compared with git:main; 41 ms
`);
});

test("errors come first, and news takes no more than its sentence", () => {
  const findings = [
    findingOf({ severity: "info", rule: "SUBJECT_ADDED", message: "new" }),
    findingOf({ severity: "warning", rule: "TS_NARROWER" }),
    findingOf(),
  ];
  const output = text.write(reportOf(findings), contextOf());
  expect([...output.matchAll(/^\S+ (error|warning|info) (\w+)/gm)].map(([, , rule]) => rule)).toEqual([
    "READER_FIELD_MISSING_DEFAULT_VALUE",
    "TS_NARROWER",
    "SUBJECT_ADDED",
  ]);
  expect(output).toContain(
    "info SUBJECT_ADDED orders.order.created.v1-value\n  new\n\nWhere the break is meant: `sluice bump orders.order.created` makes a topic of its own of it.\n1 error, 1 warning in 1 of 2 subjects",
  );
});

test("a record of the new schema proves a break of the earlier one", () => {
  const witness = {
    json: "a",
    bytes: "00",
    error: "the reader schema cannot read the writer's: no such symbol",
  };
  const shown = (different: Partial<Finding>) =>
    text.write(reportOf([findingOf({ direction: "FORWARD", witness, ...different })]), contextOf());
  expect(shown({})).toContain('proof: "a"\n    is valid now, and the earlier schema cannot read it: no such symbol\n');
  expect(shown({ rule: "READER_BROKEN" })).toContain("is valid now, and the worker's schema cannot read it: no such");
});

test("where a removed thing stood is said with the version that had it", () => {
  const against = [{ base: "git:main", label: "4f1c09a" }];
  const of = (oldPlace: ReturnType<typeof placeOf>) =>
    text.write(reportOf([findingOf({ against, oldPlace })]), contextOf());
  expect(of(placeOf('"order_id"'))).toContain("\n  breaks with git:main (schema of 4f1c09a, line 5)\n");
  expect(of({ ...placeOf('"order_id"'), file: "schemas/old/v1.avsc" })).toContain(
    "\n  breaks with git:main (schema of 4f1c09a, schemas/old/v1.avsc:5)\n",
  );
});

test("of several commits each is named, with the line of the first; a folder is named once, and versions by their numbers", () => {
  const breaksWith = (against: Finding["against"]) =>
    /breaks with .*/.exec(
      text.write(reportOf([findingOf({ against, oldPlace: placeOf('"order_id"') })]), contextOf()),
    )?.[0];
  const git = (label: string) => ({ base: "git:HEAD", label });
  expect(breaksWith([git("4f1c09a"), git("16aa02b")])).toBe(
    "breaks with git:HEAD (schema of 4f1c09a, line 5, and of 16aa02b)",
  );
  expect(breaksWith([{ base: "dir:../old", label: "../old" }])).toBe("breaks with dir:../old (line 5)");
  expect(breaksWith([{ base: "lock", label: "version 3", version: 3 }, git("4f1c09a")])).toBe(
    "breaks with lock version 3; git:HEAD (schema of 4f1c09a, line 5)",
  );
});

test("a line of a setting is of no schema", () => {
  const place = { ...placeOf('"order_id"'), file: "schemas/orders.order.created/topic.yaml" };
  const { direction: _, ...finding } = findingOf({ rule: "LEVEL_LOWERED", place, oldPlace: place });
  const against = [{ base: "git:main", label: "4f1c09a" }];
  expect(text.write(reportOf([{ ...finding, against }]), contextOf())).toContain("compared with git:main (line 5)\n");
});

test("what the line above says is not said again below it", () => {
  const subject = "orders.order.created.v1-value";
  const message = `\`a\` of ${subject} is new: breaks mails`;
  const output = text.write(reportOf([findingOf({ subject, message, groups: ["mails"] })]), contextOf());
  expect(output.split("\n")[1]).toBe("  `a` is new: breaks mails");
  expect(output.match(/mails/g)).toHaveLength(1);
  const start = text.write(reportOf([findingOf({ message: `${subject}: \`a\` is gone` })]), contextOf());
  expect(start.split("\n")[1]).toBe("  `a` is gone");
});

test("the way out is told once, of whatever breaks a promise", () => {
  const other = findingOf({ subject: "orders.order.shipped.v1-value" });
  const two = text.write(reportOf([findingOf(), findingOf(), other]), contextOf());
  expect(two.match(/sluice bump/g)).toHaveLength(1);
  expect(two).toContain("\nWhere a break is meant: `sluice bump EVENT_TYPE` makes a topic of its own of it.\n");
  const { direction: _, ...setting } = findingOf({ rule: "KEY_CHANGED" });
  const none = [setting, findingOf({ severity: "warning" }), findingOf({ rule: "READER_BROKEN" })];
  expect(text.write(reportOf(none), contextOf())).not.toContain("sluice bump");
});

test("where there is news alone, nothing breaks", () => {
  const news = findingOf({ severity: "info", rule: "SUBJECT_ADDED", message: "new" });
  expect(text.write(reportOf([news]), contextOf())).toEndWith(
    "\n\nNothing breaks in 2 subjects; compared with git:main\n",
  );
});

test("what is ignored, and what limits a base, is said before the end", () => {
  const ignored = [{ finding: findingOf(), reason: "nobody reads it", until: "2027-01-31" }];
  const bases = [{ name: "git:main", subjects: 2, versions: 9, note: "the history ends 50 commits back" }];
  expect(text.write(reportOf([], { ignored, bases }), contextOf())).toBe(`\
ignored until 2027-01-31: READER_FIELD_MISSING_DEFAULT_VALUE orders.order.created.v1-value (3f0a11c2d4e5): nobody reads it
git:main: the history ends 50 commits back
Nothing found in 2 subjects, 1 ignored; compared with git:main
`);
});

test("a finding about no file is told all the same", () => {
  const place = { file: "", line: 0, column: 0, endLine: 0, endColumn: 0, offset: 0, length: 0 };
  const output = text.write(reportOf([findingOf({ place, subject: "" })]), contextOf());
  expect(output).toStartWith("error READER_FIELD_MISSING_DEFAULT_VALUE\n  `coupon`");
  expect(output).toContain("1 error in 2 subjects;");
});

test("colours come on demand only", () => {
  expect(text.write(reportOf([findingOf()]), contextOf())).not.toContain("\u001b");
  expect(text.write(reportOf([findingOf()]), contextOf({ colours: true }))).toContain("\u001b[31merror\u001b[0m");
});

test("a schema cannot steer the terminal, nor turn a line's direction", () => {
  const wicked = "coupon\u001b[2J\u009b31m\u202e\u2066\r\u0007";
  const source = TEXT.replace("coupon", wicked);
  const finding = findingOf({ message: wicked, help: wicked, groups: [wicked], subject: wicked });
  const output = text.write(reportOf([finding]), contextOf({ text: () => source }));
  expect(output).not.toMatch(/[^\n\t\x20-\x7e\ufffd]/);
});

describe("the carets", () => {
  /** The two lines of the excerpt for a part of a text. */
  const excerpt = (source: string, part: string): string[] => {
    const place = placeOf(part, { text: source });
    const output = text.write(reportOf([findingOf({ place })]), contextOf({ text: () => source }));
    return output.split("\n").filter((line) => /^ +\d* \| /.test(line));
  };

  test("stand under the part behind tabs, and wide characters", () => {
    expect(excerpt('\t{\t"name": "x" }', '"x"')).toEqual(['  1 | \t{\t"name": "x" }', "    | \t \t        ^^^"]);
    expect(excerpt('{ "doc": "注文", "name": "x" }', '"x"')).toEqual([
      '  1 | { "doc": "注文", "name": "x" }',
      "    |                          ^^^",
    ]);
    expect(excerpt('{ "symbols": ["🎉", "B"] }', '"B"')[1]).toBe("    |                     ^^^");
  });

  test("go to the end of the line for what spans several, CRLF or not", () => {
    expect(excerpt('{ "type": [  \r\n  "null" ] }\r\n', '[  \r\n  "null" ]')).toEqual([
      '  1 | { "type": [',
      "    |           ^",
    ]);
  });

  test("do not end where a later line would", () => {
    expect(excerpt('{ "type": [ "null",\n"int" ] }', '[ "null",\n"int" ]')[1]).toBe("    |           ^^^^^^^^^");
  });

  test("are at least one, where nothing is marked", () => {
    const place = { ...placeOf("{"), endColumn: 1, length: 0 };
    const output = text.write(reportOf([findingOf({ place })]), contextOf());
    expect(output).toContain("  1 | {\n    | ^\n");
  });

  test("are shown with a part of a schema that is all on one line", () => {
    const fields = Array.from({ length: 500 }, (_, at) => `{"name":"f${at}","type":"string"}`);
    const [source = "", carets = ""] = excerpt(`{"fields":[${fields.join(",")}]}`, '"f250"');
    expect(source.length).toBeLessThan(112);
    expect(source).toMatch(/^ {2}1 \| ….*…$/);
    expect(source.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe('"f250"');
  });

  test("are left out where there is no such line", () => {
    const place = { ...placeOf('"coupon"'), line: 99, endLine: 99 };
    expect(text.write(reportOf([findingOf({ place })]), contextOf())).not.toContain("|");
    expect(text.write(reportOf([findingOf({ place: { ...place, file: `${FILE}x` } })]), contextOf())).not.toContain(
      "|",
    );
  });
});

describe("on a terminal", () => {
  const help =
    "Give it a default, with which events that lack it are read; or take it out again, and see what is left.";

  test("sentences break between words, and stay below their finding", () => {
    const output = text.write(reportOf([findingOf({ help })]), contextOf({ columns: 60 }));
    expect(output).toContain(`
  Give it a default, with which events that lack it are
    read; or take it out again, and see what is left.
`);
  });

  test("a word that is longer than the line stays whole", () => {
    const word = "x".repeat(70);
    const output = text.write(reportOf([findingOf({ help: `see ${word}` })]), contextOf({ columns: 60 }));
    expect(output).toContain(`\n  see\n    ${word}\n`);
  });

  test("through a pipe each sentence is a line", () => {
    expect(text.write(reportOf([findingOf({ help })]), contextOf())).toContain(`\n  ${help}\n`);
  });
});

test("what is no break is not said to break with the version that it was compared with", () => {
  const { direction: _, ...finding } = findingOf({
    rule: "LEVEL_LOWERED",
    against: [{ base: "lock", label: "version 3", version: 3 }],
  });
  expect(text.write(reportOf([finding]), contextOf())).toContain("\n  compared with lock version 3\n");
});

test("a file that is no schema counts as a subject that was looked at", () => {
  const findings = [findingOf({ subject: "a" }), findingOf({ subject: "b" })];
  expect(text.write(reportOf(findings, { subjects: [] }), contextOf())).toContain("2 errors in 2 of 2 subjects;");
});
