import { expect, test } from "bun:test";
import { FORMATS } from "../../../src/gate/index.ts";
import { contextOf, FILE, findingOf, reportOf, TEXT } from "./report-of.ts";

const { markdown } = FORMATS;

test("the first line is how a later step finds the comment again", () => {
  expect(markdown.write(reportOf([]), contextOf())).toBe(
    "<!-- sluice check -->\n### `sluice check`: nothing found\n\nNothing found in 2 subjects; compared with git:main.\n",
  );
});

test("a fix is shown as the lines that it changes, and no others", () => {
  const offset = TEXT.indexOf('"coupon", "type": "string"') + '"coupon", "type": "string"'.length;
  const fix = {
    title: 'add `"default": ""`',
    edits: [
      { file: FILE, offset, length: 0, text: ', "default": ""' },
      { file: FILE, offset: TEXT.indexOf('"name": "OrderCreated"'), length: 0, text: '"doc": "An order.",\n  ' },
      { file: "schemas/gone.avsc", offset: 0, length: 0, text: "x" },
    ],
  };
  expect(markdown.write(reportOf([findingOf({ fix })]), contextOf({ prefix: "shop/" }))).toContain(`\
To fix it, add \`"default": ""\`; \`sluice check --fix\` does that.

In \`shop/${FILE}\`:

\`\`\`diff
+  "doc": "An order.",
-    { "name": "coupon", "type": "string" }
+    { "name": "coupon", "type": "string", "default": "" }
\`\`\`
`);
});

test("edits on one line are one change, and lines that stay are left out", () => {
  const at = (part: string) => TEXT.indexOf(part);
  const edits = [
    { file: FILE, offset: at('"coupon"') + 1, length: 6, text: "voucher" },
    { file: FILE, offset: at('"string" }\n  ]') + '"string"'.length, length: 0, text: ', "default": ""' },
    { file: FILE, offset: at("\n  ]"), length: 0, text: ',\n    { "name": "more", "type": "int" }' },
  ];
  expect(markdown.write(reportOf([findingOf({ fix: { title: "x", edits } })]), contextOf())).toContain(`
-    { "name": "coupon", "type": "string" }
+    { "name": "voucher", "type": "string", "default": "" },
+    { "name": "more", "type": "int" }
`);
  const [, , appended] = edits;
  const fix = { title: "x", edits: appended === undefined ? [] : [{ ...appended, text: '\n    { "name": "more" }' }] };
  expect(markdown.write(reportOf([findingOf({ fix })]), contextOf())).toContain(
    '```diff\n+    { "name": "more" }\n```',
  );
});

test("a fix in a file with CRLF is shown without it", () => {
  const source = TEXT.replaceAll("\n", "\r\n");
  const edits = [{ file: FILE, offset: source.indexOf('"coupon"') + 1, length: 6, text: "voucher" }];
  const context = contextOf({ text: () => source });
  expect(markdown.write(reportOf([findingOf({ fix: { title: "x", edits } })]), context)).toContain(
    '\n+    { "name": "voucher", "type": "string" }\n```\n',
  );
});

test("what schemas say is text: no cell is broken, no tag opened, nobody mentioned, nothing linked", () => {
  const wicked = "a|b\n<img src=x> [x](http://x) @everyone #12 </details> *x* `a|b`";
  const output = markdown.write(
    reportOf([findingOf({ message: wicked, help: wicked, subject: "a`b|c", groups: ["`@x"] })]),
    contextOf(),
  );
  const rows = output.split("\n").filter((line) => line.startsWith("| "));
  expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual([6, 6]);
  expect(output).not.toMatch(/(?<!\\)<(?!\/?(details|summary|b|code|br)>|!-- sluice check -->)/);
  expect(output.match(/(?<!\\)<\/details/g)).toHaveLength(1);
  expect(output).not.toMatch(/(?<!&)[@#](everyone|12)/);
  expect(output).toContain("\\[x\\](http://x)");
});

test("a fence is longer than the backticks in what it is around", () => {
  const witness = { json: "````", bytes: "", error: "no" };
  expect(markdown.write(reportOf([findingOf({ witness })]), contextOf())).toContain('\n`````json\n"````"\n`````\n');
});

test.each([
  ["many findings", 2_000, "message"],
  ["long messages", 40, "x".repeat(5_000)],
  ["one message that is too long by itself", 1, "x".repeat(100_000)],
])("a comment with %s is no longer than GitHub takes, and says what it leaves out", (_, count, message) => {
  const findings = Array.from({ length: count }, (_, at) => findingOf({ rule: `RULE_${at}`, message }));
  const output = markdown.write(reportOf(findings), contextOf());
  expect(output.length).toBeLessThanOrEqual(65_536);
  expect(output).toMatch(
    /left out here: a comment has room for 65,536 characters\. `sluice check` shows everything\.\n$/,
  );
  expect(output.match(/<details>/g)?.length ?? 0).toBe(output.match(/<\/details>/g)?.length ?? 0);
});

test("a comment that has room leaves nothing out", () => {
  const findings = Array.from({ length: 30 }, (_, at) => findingOf({ rule: `RULE_${at}` }));
  const output = markdown.write(reportOf(findings), contextOf());
  expect(output).not.toContain("left out");
  expect(output.match(/<details>/g)).toHaveLength(30);
});
