import type { Place } from "../../catalog/index.ts";
import { printable } from "./printable.ts";

/** Columns of a terminal that a line of source may take. A schema may be one line of thousands of characters. */
const EXCERPT_COLUMNS_MAX = 100;

/** A line of a file, with a row of carets under a part of it. */
export interface Excerpt {
  readonly line: number;
  readonly source: string;
  readonly carets: string;
}

/** The first line of a place; undefined where the file has no such line. */
export function excerptOf(text: string | undefined, { line, column, endLine, endColumn }: Place): Excerpt | undefined {
  const whole = text?.split(/\r?\n/, line)[line - 1];
  if (whole === undefined || whole.trim() === "") return undefined;
  const from = Math.min(column - 1, whole.length);
  // What goes on over several lines is marked to the end of its first.
  const to = endLine === line ? Math.min(endColumn - 1, whole.length) : whole.trimEnd().length;
  const { start, end } = windowAround(whole, from, to);
  const before = `${start > 0 ? "…" : ""}${whole.slice(start, from)}`;
  const marked = whole.slice(from, Math.min(to, end));
  const after = `${whole.slice(Math.min(to, end), end).trimEnd()}${end < whole.length ? "…" : ""}`;
  return {
    line,
    source: printable(`${before}${marked}${after}`),
    // A tab stays one, so that the caret stands under its character whatever width the terminal gives it.
    carets: `${blank(before)}${"^".repeat(Math.max(1, Bun.stringWidth(printable(marked).replaceAll("\t", " "))))}`,
  };
}

/** The part of a line that is shown: all of it where it is short, else what stands around the marked part. */
function windowAround(line: string, from: number, to: number): { start: number; end: number } {
  if (line.length <= EXCERPT_COLUMNS_MAX) return { start: 0, end: line.length };
  if (to <= EXCERPT_COLUMNS_MAX) return { start: 0, end: EXCERPT_COLUMNS_MAX };
  const marked = Math.min(to - from, EXCERPT_COLUMNS_MAX);
  const start = Math.max(0, Math.min(from - Math.floor((EXCERPT_COLUMNS_MAX - marked) / 2), from));
  return { start, end: Math.min(line.length, start + EXCERPT_COLUMNS_MAX) };
}

const blank = (text: string): string =>
  printable(text)
    .split("\t")
    .map((part) => " ".repeat(Bun.stringWidth(part)))
    .join("\t");
