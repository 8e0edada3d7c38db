import { expect, test } from "bun:test";
import { PROBLEMS_MAX } from "../../src/avro/collector.ts";
import { RULES } from "../../src/avro/compat/check.ts";
import { COMPARISONS_MAX, PAIR_DEPTH_MAX } from "../../src/avro/compat/rules/check-failed.ts";
import { DEPTH_MAX, EMPTY_ITEMS_MAX } from "../../src/avro/cursor.ts";
import { DEFAULT_VALUES_MAX } from "../../src/avro/defaults.ts";
import { DECODE_ERRORS, TYPESCRIPT_RULES } from "../../src/avro/index.ts";
import { NAME_LENGTH_MAX } from "../../src/avro/names.ts";
import { SCHEMA_DEPTH_MAX } from "../../src/avro/parse.ts";
import { SCHEMA_PROBLEMS_MAX, SUGGESTIONS_MAX } from "../../src/avro/parse-state.ts";
import { JSON_DEPTH_MAX, JSON_LENGTH_MAX } from "../../src/avro/stored/json.ts";
import { WITNESS_SIZE_MAX } from "../../src/avro/witness/smallest.ts";
import { WITNESSES_SIZE_MAX } from "../../src/avro/witness/witness.ts";
import { codecOf, roundTrip } from "./support.ts";

const readme = await Bun.file(new URL("../../src/avro/README.md", import.meta.url)).text();

/** What stands between the marks of that name. */
function printed(name: string): string {
  const [, block] = readme.match(new RegExp(`<!-- begin: ${name} -->\n([^]*?)\n<!-- end: ${name} -->`)) ?? [];
  return block ?? "";
}

const rows = (block: string) =>
  block
    .split("\n")
    .slice(2)
    .map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, cell = ""]) => cell));

test.each(rows(printed("values")))("the README says that %s takes %s and gives %s", (schema, json, shown) => {
  const value = roundTrip(codecOf(JSON.parse(schema ?? "")), JSON.parse(json ?? ""));
  expect(Bun.inspect(value, { compact: true })).toBe(shown ?? "");
});

test("the README lists exactly the kinds of decode errors", () => {
  const lines = Object.entries(DECODE_ERRORS).map(([kind, meaning]) => `| \`${kind}\` | ${meaning} |`);
  expect(printed("decode-errors")).toBe(["| kind | meaning |", "|---|---|", ...lines].join("\n"));
});

test("the README's limits are the program's", () => {
  const limits = printed("limits")
    .split("\n")
    .slice(2)
    .map((line) => Number(/(\d+) \|$/.exec(line)?.[1]));
  expect(limits).toEqual([
    DEPTH_MAX,
    EMPTY_ITEMS_MAX,
    PROBLEMS_MAX,
    SCHEMA_DEPTH_MAX,
    JSON_DEPTH_MAX,
    JSON_LENGTH_MAX,
    NAME_LENGTH_MAX,
    DEFAULT_VALUES_MAX,
    SCHEMA_PROBLEMS_MAX,
    SUGGESTIONS_MAX,
    PAIR_DEPTH_MAX,
    COMPARISONS_MAX,
    WITNESS_SIZE_MAX,
    WITNESSES_SIZE_MAX,
  ]);
});

test("the README lists exactly the rules of compatibility", () => {
  const lines = RULES.map(({ id, purpose, source }) => `| \`${id}\` | ${purpose} | ${source} |`);
  expect(printed("rules")).toBe(["| type | rule | source |", "|---|---|---|", ...lines].join("\n"));
});

test("the README lists exactly the rules about TypeScript", () => {
  const lines = TYPESCRIPT_RULES.map(({ id, purpose }) => `| \`${id}\` | ${purpose} |`);
  expect(printed("typescript-rules")).toBe(["| rule | what it asks for |", "|---|---|", ...lines].join("\n"));
});

/** A pure core: whoever imports it gets no socket, file, clock or environment along. */
test("nothing under src/avro imports anything but itself and avsc's bytes, nor asks the clock or the process", async () => {
  const forbidden =
    /from "(?!\.\.?\/|avsc\/lib\/utils\.js")|\b(Date\.now|performance\.|process\.|Bun\.(?!CryptoHasher)|fetch\(|Math\.random)/;
  for await (const file of new Bun.Glob("**/*.ts").scan(new URL("../../src/avro", import.meta.url).pathname)) {
    const source = await Bun.file(new URL(`../../src/avro/${file}`, import.meta.url)).text();
    expect(`${file}: ${forbidden.exec(source)?.[0] ?? "pure"}`).toBe(`${file}: pure`);
  }
});
