import { COMPATIBILITY_LEVELS, plural } from "../../avro/index.ts";
import { printable } from "../formats/printable.ts";
import type { SchemaDiff } from "./compare.ts";
import { changeText, fieldText, meaningText, oneLine, reasonsOf, signOf, summaryText, verdictText } from "./words.ts";

/** Lines of one diff that are worth a terminal's height. */
const REASONS_SHOWN_MAX = 10;

/** Diffs for people at a terminal. */
export function diffText(diffs: readonly SchemaDiff[]): string {
  return diffs.map((diff) => `${blocksOf(diff).join("\n\n")}\n`).join("\n");
}

function blocksOf(diff: SchemaDiff): readonly string[] {
  const { subject, older, newer, changes } = diff;
  const names = [older === undefined ? "" : `from ${older} `, newer === undefined ? "" : `to ${newer}`].join("");
  const head = `${printable(subject)}: ${summaryText(diff)}\n  ${printable(names).trimEnd()}`;
  if (older === undefined || newer === undefined || changes.length === 0) return [head];
  return [head, changesText(diff), verdictsText(diff), ...typescriptText(diff)];
}

/** Aligned, with what each means below it. */
function changesText({ changes }: SchemaDiff): string {
  const lines = aligned(changes.map((change) => [`${signOf(change)} ${fieldText(change.field)}`, changeText(change)]));
  return changes.map((change, index) => `  ${lines[index]}\n      ${meaningText(change)}`).join("\n");
}

function verdictsText(diff: SchemaDiff): string {
  const reasons = reasonsOf(diff);
  const shown = reasons.slice(0, REASONS_SHOWN_MAX).map((reason) => `    ${reason}`);
  const more = reasons.length > shown.length ? [`    and ${plural(reasons.length - shown.length, "more reason")}`] : [];
  const matrix = aligned([
    [...COMPATIBILITY_LEVELS],
    COMPATIBILITY_LEVELS.map((level) => (diff.levels[level] ? "yes" : "no")),
  ]);
  const title = "  Which levels take it, of these two schemas:";
  return [`  ${verdictText(diff)}`, ...shown, ...more, "", title, ...matrix.map((line) => `    ${line}`)].join("\n");
}

function typescriptText({ typescript }: SchemaDiff): readonly string[] {
  if (typescript.length === 0) return [];
  const lines = aligned(typescript.map(({ rule, field, says }) => [rule, fieldText(field), oneLine(says)]));
  return [["  In TypeScript:", ...lines.map((line) => `    ${line}`)].join("\n")];
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
