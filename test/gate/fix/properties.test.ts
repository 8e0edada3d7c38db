import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { checkCompatibility, type Incompatibility, parseSchema, SchemaError } from "../../../src/avro/index.ts";
import { createPlaces } from "../../../src/catalog/index.ts";
import { applyEdits, createFixer } from "../../../src/gate/fix/index.ts";
import type { Direction } from "../../../src/gate/index.ts";
import { pairs } from "../../avro/compat/pairs.ts";

/** How people write JSON. `holds` says what an edit must not spoil. */
const STYLES: Readonly<Record<string, { write: (json: unknown) => string; holds: (text: string) => boolean }>> = {
  "on one line": {
    write: (json) => JSON.stringify(json),
    holds: (text) => text === JSON.stringify(JSON.parse(text)),
  },
  "on one line with spaces": {
    write: (json) =>
      JSON.stringify(json, null, 1)
        .replace(/([[{])\n\s*/g, "$1")
        .replace(/\n\s*(?=[\]}])/g, "")
        .replace(/\n\s*/g, " "),
    holds: (text) => !text.includes("\n") && !/[,:]\S/.test(withoutStrings(text)),
  },
  "with two spaces": {
    write: (json) => `${JSON.stringify(json, null, 2)}\n`,
    holds: (text) => text.endsWith("}\n") || text.endsWith("]\n") || text.endsWith('"\n'),
  },
  "with tabs": {
    write: (json) => JSON.stringify(json, null, "\t"),
    holds: (text) => !/^\t* /m.test(text),
  },
  "with CRLF": {
    write: (json) => JSON.stringify(json, null, 4).replaceAll("\n", "\r\n"),
    holds: (text) => !/(?<!\r)\n/.test(text),
  },
};

const withoutStrings = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"/g, '""');

const FILE = "schemas/a.b.c/v1.avsc";

function placesOf(text: string) {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return createPlaces(new Map([[FILE, { file: FILE, text, lineStarts }]]));
}

function schemaOf(text: string) {
  try {
    return parseSchema(JSON.parse(text));
  } catch (error) {
    if (error instanceof SchemaError) return undefined;
    throw error;
  }
}

const said = (found: readonly Incompatibility[]) =>
  found.map(({ type, message }) => (type === "CHECK_FAILED" ? type : `${type} ${message}`)).toSorted();

/** What is left of one list when the other is taken from it. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = [...some];
  for (const one of others) {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/**
 * A fix that makes another break, or spoils a file, is worse than none: the author trusts it and commits. So each fix of
 * each break of many pairs is applied here and the pair compared anew, by the schema as the file now says it.
 */
describe("a fix of generated breaks", () => {
  test.each(Object.keys(STYLES))("%s mends its break, makes no other, and keeps the style", (name) => {
    const { write, holds } = STYLES[name] ?? { write: String, holds: () => false };
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(pairs({ broken: false }), fc.boolean(), ({ reader, writer }, forward) => {
        const text = write(JSON.parse(reader));
        const before = write(JSON.parse(writer));
        const [newer, older] = [schemaOf(text), schemaOf(before)];
        if (newer === undefined || older === undefined) return;
        const direction: Direction = forward ? "FORWARD" : "BACKWARD";
        const check = (now: typeof newer, which: Direction) =>
          which === "BACKWARD" ? checkCompatibility(now, older) : checkCompatibility(older, now);
        const fixOf = createFixer();
        const places = placesOf(text);
        const found = check(newer, direction);
        for (const incompatibility of found) {
          const olderSource = { file: FILE, places: placesOf(before) };
          const source = incompatibility.readerPath.length % 2 === 0 ? { olderSource } : {};
          const fix = fixOf({ direction, incompatibility, newer, older, file: FILE, places, ...source });
          if (fix === undefined) continue;
          const kind = `${direction} ${incompatibility.type}`;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          const edited = applyEdits(text, fix.edits);
          const now = schemaOf(edited);
          if (now === undefined) throw new Error(`no schema: ${edited}`);
          expect(without(said(found), said(check(now, direction))).length).toBeGreaterThan(0);
          expect(without(said(check(now, direction)), said(found))).toEqual([]);
          const other = direction === "BACKWARD" ? "FORWARD" : "BACKWARD";
          expect(without(said(check(now, other)), said(check(newer, other)))).toEqual([]);
          // A text of one word has no style yet.
          if (/[,:]/.test(withoutStrings(text))) expect(holds(edited) ? "" : edited).toBe("");
        }
      }),
      { numRuns: 1_500, seed: 5 },
    );
    for (const kind of KINDS) expect({ kind, count: kinds.get(kind) ?? 0 }).not.toEqual({ kind, count: 0 });
  });
});

const KINDS = [
  "BACKWARD READER_FIELD_MISSING_DEFAULT_VALUE",
  "BACKWARD NAME_MISMATCH",
  "BACKWARD MISSING_ENUM_SYMBOLS",
  "BACKWARD MISSING_UNION_BRANCH",
  "BACKWARD TYPE_MISMATCH",
  "FORWARD READER_FIELD_MISSING_DEFAULT_VALUE",
];
