import { COMPATIBILITY_LEVELS, plural } from "../../avro/index.ts";
import { printable } from "../formats/printable.ts";
import { COLUMNS_MIN, wrapped } from "../formats/wrapped.ts";
import type { SchemaDiff } from "./compare.ts";
import { changeText, fieldText, meaningText, oneLine, reasonsOf, signOf, summaryText, verdictText } from "./words.ts";

/** Lines of one diff that are worth a terminal's height. */
const REASONS_SHOWN_MAX = 10;

/** How wide the terminal is; without a limit where it is none. */
export interface DiffTextOptions {
  readonly columns?: number | undefined;
}

/** Diffs for people at a terminal. */
export function diffText(diffs: readonly SchemaDiff[], { columns = Number.POSITIVE_INFINITY }: DiffTextOptions = {}) {
  const width = Math.max(COLUMNS_MIN, columns);
  return diffs.map((diff) => `${blocksOf(diff, width).join("\n\n")}\n`).join("\n");
}

function blocksOf(diff: SchemaDiff, width: number): readonly string[] {
  const { subject, older, newer, changes } = diff;
  const names = [older === undefined ? "" : `from ${older} `, newer === undefined ? "" : `to ${newer}`].join("");
  const head = `${printable(subject)}: ${summaryText(diff)}\n${lineOf(printable(names).trimEnd(), 2, width)}`;
  if (older === undefined || newer === undefined || changes.length === 0) return [head];
  return [head, changesText(diff, width), verdictsText(diff, width), ...typescriptText(diff, width)];
}

/** Aligned, with what each means below it. */
function changesText({ changes }: SchemaDiff, width: number): string {
  const lines = tableOf(
    changes.map((change) => [`${signOf(change)} ${fieldText(change.field)}`, changeText(change)]),
    { indent: 2, width },
  );
  return changes.map((change, index) => `${lines[index]}\n${lineOf(meaningText(change), 6, width)}`).join("\n");
}

function verdictsText(diff: SchemaDiff, width: number): string {
  const reasons = reasonsOf(diff);
  const shown = reasons.slice(0, REASONS_SHOWN_MAX);
  const more = reasons.length > shown.length ? [`and ${plural(reasons.length - shown.length, "more reason")}`] : [];
  return [
    lineOf(verdictText(diff), 2, width),
    ...[...shown, ...more].map((reason) => lineOf(reason, 4, width)),
    "",
    lineOf("Which levels take it, of these two schemas:", 2, width),
    ...levelsText(diff, width).map((line) => `    ${line}`),
  ].join("\n");
}

/** Side by side; below one another where that is too wide. */
function levelsText({ levels }: SchemaDiff, width: number): readonly string[] {
  const verdicts = COMPATIBILITY_LEVELS.map((level) => (levels[level] ? "yes" : "no"));
  const across = aligned([[...COMPATIBILITY_LEVELS], verdicts]);
  if (across.every((line) => line.length + 4 <= width)) return across;
  return aligned(COMPATIBILITY_LEVELS.map((level, index) => [level, verdicts[index] ?? ""]));
}

function typescriptText({ typescript }: SchemaDiff, width: number): readonly string[] {
  if (typescript.length === 0) return [];
  const rows = typescript.map(({ rule, field, says }) => [rule, fieldText(field), oneLine(says)]);
  return [["  In TypeScript:", ...tableOf(rows, { indent: 4, width })].join("\n")];
}

/** One sentence; what does not fit goes on below, two spaces further in. */
function lineOf(sentence: string, indent: number, width: number): string {
  const [first = "", ...rest] = wrapped(sentence, width - indent - 2);
  return [`${" ".repeat(indent)}${first}`, ...rest.map((line) => `${" ".repeat(indent + 2)}${line}`)].join("\n");
}

/** Of a terminal's width, this much is left to the last column of a table, or else it comes below the others. */
const LAST_COLUMN_MIN = 30;

/** A line for each row, the last column of which is broken where it is too wide. */
function tableOf(
  rows: readonly (readonly string[])[],
  { indent, width }: { readonly indent: number; readonly width: number },
): readonly string[] {
  const before = aligned(rows.map((row) => [...row.slice(0, -1), "|"])).map((line) => line.slice(0, -1));
  return rows.map((row, index) => {
    const [start = "", last = ""] = [before[index], row.at(-1)];
    const at = indent + Bun.stringWidth(start);
    if (at + Bun.stringWidth(last) <= width) return `${" ".repeat(indent)}${start}${last}`.trimEnd();
    if (width - at < LAST_COLUMN_MIN) {
      return `${" ".repeat(indent)}${start.trimEnd()}\n${lineOf(last, indent + 2, width)}`;
    }
    return `${" ".repeat(indent)}${start}${wrapped(last, width - at).join(`\n${" ".repeat(at)}`)}`;
  });
}

/** Columns two spaces apart; the last is not padded. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    rows.reduce((most, row) => Math.max(most, Bun.stringWidth(row[at] ?? "")), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - Bun.stringWidth(cell)))
      .join("  ")
      .trimEnd(),
  );
}
