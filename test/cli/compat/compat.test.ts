import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSluice } from "../../../src/cli/index.ts";
import { fakeIo, sluice } from "../../support/sluice.ts";
import { until } from "../../support/until.ts";

/** A folder with these files; the output then names them without the folder. */
async function folderWith(files: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-compat-"));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(dir, name), text);
  const compat = async (...args: readonly string[]) => {
    const paths = args.map((arg) => (arg.startsWith("--") ? arg : join(dir, arg)));
    const { code, out, err } = await sluice(["compat", ...paths]);
    return { code, out: out.replaceAll(`${dir}/`, ""), err: err.replaceAll(`${dir}/`, "") };
  };
  return { compat, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

const OLD = `{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["OPEN", "LOST"] } }
  ]
}
`;

const NEW = `{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "note", "type": "string" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["OPEN"] } }
  ]
}
`;

test("each break is told with its line, why, what to do and a record that proves it", async () => {
  await using folder = await folderWith({ "new.avsc": NEW, "old.avsc": OLD });
  const { code, out } = await folder.compat("new.avsc", "old.avsc");
  expect(code).toBe(100);
  expect(out).toBe(`new.avsc:6:15 READER_FIELD_MISSING_DEFAULT_VALUE /fields/1
  The reader expects a field \`note\`, which is not in the data of \`Order\`, and has no default for it.
  Give \`note\` a default, which is then read from records without it; where it is an old field under a new name, add the old name to its aliases.
  Written as in old.avsc:1:1.
  A record that proves it: {"id":"","status":"OPEN"} (in Avro 0000)
  Reading it fails: the reader schema cannot read the writer's: /note: the writer does not send it, and the reader has no default for it

new.avsc:7:80 MISSING_ENUM_SYMBOLS /fields/2/type/symbols
  The data may hold \`LOST\`, which is no symbol of the reader's enum \`Status\`.
  Add it to the enum's symbols, or give the enum (not the field) a default, which is then read in place of any symbol that it does not have.
  Written as in old.avsc:6:33.
  A record that proves it: {"id":"","status":"LOST"} (in Avro 0002)
  Reading it fails: the reader schema cannot read the writer's: /status: enum Status lacks LOST, and has no default

new.avsc cannot read all that old.avsc writes: 2 findings.
`);
});

test("a record that proves several breaks is shown once", async () => {
  const record = (...names: readonly string[]) =>
    JSON.stringify({ type: "record", name: "R", fields: names.map((name) => ({ name, type: "string" })) }, null, 1);
  await using folder = await folderWith({ "new.avsc": record("a", "b", "c"), "old.avsc": record("a") });
  const { out } = await folder.compat("new.avsc", "old.avsc");
  expect(out.match(/A record that proves it: .*/g)).toEqual(['A record that proves it: {"a":""} (in Avro 00)']);
  expect(out).toContain("  The record shown for new.avsc:10:12 proves it too.\n  Reading it fails: ");
  const { incompatibilities } = JSON.parse((await folder.compat("new.avsc", "old.avsc", "--json")).out);
  expect(incompatibilities).toMatchObject([{ witness: { json: { a: "" } } }, { witness: { json: { a: "" } } }]);
});

test("as JSON it says the same", async () => {
  await using folder = await folderWith({ "new.avsc": NEW, "old.avsc": OLD });
  const { code, out } = await folder.compat("new.avsc", "old.avsc", "--json");
  expect(code).toBe(100);
  expect(JSON.parse(out)).toMatchObject({
    reader: "new.avsc",
    writer: "old.avsc",
    compatible: false,
    incompatibilities: [
      { type: "READER_FIELD_MISSING_DEFAULT_VALUE", location: "/fields/1", message: "note" },
      {
        type: "MISSING_ENUM_SYMBOLS",
        location: "/fields/2/type/symbols",
        message: "[LOST]",
        reader: { file: "new.avsc", line: 7, column: 80, endLine: 7, endColumn: 88 },
        writer: { file: "old.avsc", line: 6, column: 33 },
        witness: { json: { id: "", status: "LOST" }, bytes: "0002" },
      },
    ],
  });
});

test("where nothing breaks, it says so and ends with 0", async () => {
  await using folder = await folderWith({ "new.avsc": NEW, "old.avsc": OLD });
  expect(await folder.compat("old.avsc", "old.avsc")).toMatchObject({
    code: 0,
    out: "old.avsc reads whatever old.avsc writes.\n",
  });
  expect(JSON.parse((await folder.compat("old.avsc", "old.avsc", "--json")).out)).toMatchObject({ compatible: true });
});

test("types of other files are used by name, whichever comes first, and breaks in them are found there", async () => {
  const money = (amount: string) => `{"type":"record","name":"Money","fields":[{"name":"amount","type":"${amount}"},
  {"name":"currency","type":"Currency"}]}`;
  await using folder = await folderWith({
    "uses.avsc": '{"type":"array","items":"Money"}',
    "own.avsc": `{"type":"array","items":${money("long")}}`,
    "money.avsc": money("int"),
    "currency.avsc": '{"type":"enum","name":"Currency","symbols":["EUR"]}',
  });
  const shared = ["--reference", "money.avsc", "--reference", "currency.avsc"];
  expect((await folder.compat("uses.avsc", "uses.avsc", ...shared)).code).toBe(0);
  expect((await folder.compat("uses.avsc", "uses.avsc")).err).toBe(
    "sluice: the schemas are not usable:\n  uses.avsc:1:25: unknown type `Money`\nA type of another file comes along with `--reference FILE`.\n",
  );
});

test("the file that defines an unknown type is named where the folder of schemas has it", async () => {
  await using folder = await folderWith({
    "a.b.done/v1.avsc": '{"type":"array","items":"shared.Money"}',
    "a.b.left/v1.avsc": '{"type":"array","items":"shared.Money"}',
    "_shared/broken.avsc": "{",
    "_shared/money.avsc": '{"type":"fixed","name":"Money","namespace":"shared","size":2}',
    "_shared/other.avsc": '{"type":"fixed","name":"shared.Other","size":2}',
  });
  const files = ["a.b.done/v1.avsc", "a.b.left/v1.avsc"];
  expect((await folder.compat(...files)).err).toEndWith(
    "\nTypes of other files come along with --reference _shared/money.avsc\n",
  );
  expect((await folder.compat(...files, "--reference", "_shared/money.avsc")).code).toBe(0);
});

test("a break in a type of another file has that file's line", async () => {
  await using folder = await folderWith({
    "reader.avsc": '{"type":"record","name":"R","fields":[{"name":"a","type":"Money"}]}',
    "money.avsc": '\n{"type":"fixed","name":"Money","size":2}',
    "writer.avsc":
      '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"x.Money","size":4}}]}',
  });
  const { out } = await folder.compat("reader.avsc", "writer.avsc", "--reference", "money.avsc");
  expect(out).toStartWith("money.avsc:2:39 FIXED_SIZE_MISMATCH /fields/0/type/size\n");
});

test("what is no schema is told with all problems and their lines", async () => {
  await using folder = await folderWith({
    "broken.avsc": '{"type": "record" "name": "R"}',
    "wrong.avsc": '{"type":"record","name":"R","fields":[\n{"name":"a","type":"strng"},\n{"name":"a","type":"int"}]}',
  });
  const { code, out, err } = await folder.compat("broken.avsc", "wrong.avsc");
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err.split("\n")).toEqual([
    "sluice: the schemas are not usable:",
    '  broken.avsc:1:19: syntax: expected ","',
    "  wrong.avsc:3:9: a second field `a`",
    "  wrong.avsc:2:20: unknown type `strng`",
    "A type of another file comes along with `--reference FILE`.",
    "",
  ]);
});

test.each([
  [["only.avsc"], "two files are needed"],
  [["--jsonl", "a.avsc"], "with --jsonl both schemas come in lines"],
  [["none.avsc", "none.avsc"], "none.avsc: no such file."],
])("%p is refused, and says why", async (args, message) => {
  const { code, err } = await sluice(["compat", ...args]);
  expect(code).toBe(1);
  expect(err).toContain(message);
});

/** What `--jsonl` answers to a text that comes in pieces of so many bytes. */
async function answers(text: string, pieces = 7): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  const io = fakeIo();
  const code = await runSluice(["compat", "--jsonl"], {
    ...io,
    stdin: async function* () {
      for (let at = 0; at < bytes.length; at += pieces) yield bytes.subarray(at, at + pieces);
    },
  });
  expect({ code, err: io.printed.err }).toEqual({ code: 0, err: "" });
  return io.printed.out
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

test("lines are answered in their order, those that are wrong as well", async () => {
  const lines = [
    '{"id":1,"reader":"int","writer":"string"}',
    "nope",
    "",
    '{"id":"é","reader":{"type":"array","items":"long"},"writer":{"type":"array","items":"int"}}\r',
    '{"id":3,"reader":"int","writer":{"type":"record","name":"R","fields":[{"name":"a","type":"X"}]}}',
    '{"id":4,"reader":"int"}',
    "[]",
  ];
  expect(await answers(lines.join("\n"))).toEqual([
    {
      id: 1,
      compatible: false,
      incompatibilities: [
        { type: "TYPE_MISMATCH", location: "/", message: "reader type: INT not compatible with writer type: STRING" },
      ],
    },
    { id: null, error: { kind: "NOT_JSON", line: 2, message: expect.any(String) } },
    { id: "é", compatible: true, incompatibilities: [] },
    {
      id: 3,
      error: {
        kind: "INVALID_SCHEMA",
        line: 5,
        schema: "writer",
        message: "invalid schema: writer",
        problems: [{ schema: "writer", pointer: "/fields/0/type", message: "unknown type `X`" }],
      },
    },
    { id: 4, error: { kind: "NOT_A_PAIR", line: 6, message: 'expected {"id": …, "reader": …, "writer": …}' } },
    { id: null, error: { kind: "NOT_A_PAIR", line: 7, message: 'expected {"id": …, "reader": …, "writer": …}' } },
  ]);
});

test("a schema may be as deep in a line as in a file of its own", async () => {
  const nested = (levels: number) => `${'{"type":"array","items":'.repeat(levels)}"int"${"}".repeat(levels)}`;
  const pair = (levels: number) => `{"id":1,"reader":${nested(levels)},"writer":"int"}`;
  expect(await answers(pair(1_000), 10_000)).toMatchObject([{ compatible: false }]);
  expect(await answers(pair(1_001), 10_000)).toMatchObject([{ error: { kind: "NOT_JSON" } }]);
});

test("numbers are taken as they are written: 1.0 is no size, and an id may have any number of digits", async () => {
  const fixed = (size: string) => `{"type":"fixed","name":"F","size":${size}}`;
  const io = fakeIo();
  const line = `{"id":12345678901234567890,"reader":${fixed("1")},"writer":${fixed("1.0")}}`;
  await runSluice(["compat", "--jsonl"], {
    ...io,
    stdin: async function* () {
      yield Buffer.from(line);
    },
  });
  expect(io.printed.out).toStartWith('{"id":12345678901234567890,"error":{"kind":"INVALID_SCHEMA"');
});

test("a reader of the answers that is slow is waited for", async () => {
  const line = `${JSON.stringify({ id: 1, reader: "int", writer: "string" })}\n`;
  const piece = Buffer.from(line.repeat(1_000));
  let read = 0;
  let written = 0;
  const taken = Promise.withResolvers<void>();
  const code = runSluice(["compat", "--jsonl"], {
    ...fakeIo(),
    stdin: async function* () {
      for (; read < 20; read++) yield piece;
    },
    out: () => {
      written++;
      return taken.promise;
    },
  });
  await until("the first answers are written", () => written > 0);
  const before = read;
  expect(before).toBeLessThan(5);
  // Whoever did not wait would have read on by now.
  await new Promise((resolve) => setImmediate(resolve));
  expect([read, written]).toEqual([before, 1]);
  taken.resolve();
  expect(await code).toBe(0);
  expect(read).toBe(20);
});
