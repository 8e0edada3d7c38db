import type { Place } from "../catalog/index.ts";

/** Where things stand in `gate.yaml`, of which Bun's parser says nothing. */

/** Line and column, from 1, of a position. */
export function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

/** The first word behind a position. */
export function placeIn(text: string, file: string, offset: number): Place {
  const length = /^[^\s,}\]]*/.exec(text.slice(offset))?.[0].length ?? 0;
  const { line, column } = lineOf(text, offset);
  return { file, line, column, endLine: line, endColumn: column + length, offset, length };
}

/** Where a name is written: at the beginning of a line, of an entry, or inside `{ }`; 0 where it is not. */
export function offsetOf(text: string, name: string): number {
  if (name === "") return 0;
  const found = new RegExp(`(^[ \\t]*(?:-[ \\t]+)*|[{,][ \\t]*)["']?${RegExp.escape(name)}["']?[ \\t]*:`, "m").exec(
    text,
  );
  return found === null ? 0 : found.index + (found[1]?.length ?? 0);
}

/** The entries of the list that follows a name: their text, and where their first word stands. */
export function entriesOf(text: string, at: number): { offset: number; text: string }[] {
  const from = text.indexOf(":", at) + 1;
  const inLine = /^\s*\[/.exec(text.slice(from));
  return inLine === null ? blockEntries(text, from) : flowEntries(text, from + inLine[0].length);
}

/** `- rule: …`, one below the other, as far in as the first. */
function blockEntries(text: string, from: number): { offset: number; text: string }[] {
  const starts: { dash: number; first: number }[] = [];
  let indent: string | undefined;
  let end = text.length;
  for (const found of text.slice(from).matchAll(/^([ \t]*)(-[ \t]+|-$)?([^\s#])?.*$/gm)) {
    const [line, spaces = "", dash, other] = found;
    if (line === "" || (dash === undefined && other === undefined)) continue;
    const offset = from + found.index;
    if (dash !== undefined && (indent === undefined || spaces === indent)) {
      indent = spaces;
      starts.push({ dash: offset, first: offset + spaces.length + dash.length });
    } else if (indent !== undefined && spaces.length <= indent.length) {
      end = offset; // Of the next setting.
      break;
    }
  }
  return starts.map(({ first }, index) => ({ offset: first, text: text.slice(first, starts[index + 1]?.dash ?? end) }));
}

/** `[{ … }, { … }]`. */
function flowEntries(text: string, from: number): { offset: number; text: string }[] {
  const entries: { offset: number; text: string }[] = [];
  let depth = 0;
  let start = 0;
  for (const found of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|[[\]{}]/g)) {
    const [token] = found;
    const offset = from + found.index;
    if (token === "{" || token === "[") {
      if (depth === 0) start = offset;
      depth++;
    } else if (token === "}" || token === "]") {
      depth--;
      if (depth < 0) break;
      if (depth === 0) entries.push({ offset: start, text: text.slice(start, offset + 1) });
    }
  }
  return entries;
}
