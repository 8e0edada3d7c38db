import { applyEdits } from "../fix/index.ts";
import type { Edit, Fix } from "../model.ts";

/** What a fix changes in one file, as the lines of a diff: `-` before what goes, `+` before what comes. */
export interface FileDiff {
  readonly file: string;
  readonly lines: readonly string[];
}

/** The changed lines of each file and nothing around them; files that cannot be read are left out. */
export function diffOf({ edits }: Fix, textOf: (file: string) => string | undefined): FileDiff[] {
  return [...new Set(edits.map(({ file }) => file))].flatMap((file) => {
    const text = textOf(file);
    if (text === undefined) return [];
    const hunks = hunksOf(
      text,
      edits.filter((edit) => edit.file === file),
    );
    return [{ file, lines: hunks.flatMap((hunk) => changedLines(text, hunk)) }];
  });
}

interface Hunk {
  /** From the beginning of a line to the end of one, in characters. */
  readonly start: number;
  readonly end: number;
  readonly edits: readonly Edit[];
}

/** Edits on the same lines are one change. */
function hunksOf(text: string, edits: readonly Edit[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const edit of edits.toSorted((a, b) => a.offset - b.offset)) {
    const start = text.lastIndexOf("\n", edit.offset - 1) + 1;
    const end = lineEnd(text, edit.offset + edit.length);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) {
      hunks[hunks.length - 1] = { start: last.start, end: Math.max(last.end, end), edits: [...last.edits, edit] };
    } else hunks.push({ start, end, edits: [edit] });
  }
  return hunks;
}

function changedLines(text: string, { start, end, edits }: Hunk): string[] {
  const before = text.slice(start, end);
  const after = applyEdits(
    before,
    edits.map((edit) => ({ ...edit, offset: edit.offset - start })),
  );
  const [gone, come] = [linesOf(before), linesOf(after)];
  while (gone.length > 0 && gone[0] === come[0]) {
    gone.shift();
    come.shift();
  }
  while (gone.length > 0 && gone.at(-1) === come.at(-1)) {
    gone.pop();
    come.pop();
  }
  return [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
}

/** A line that ends in CRLF ends before it, the last one too, whose line feed is not part of the text. */
const linesOf = (text: string): string[] => text.split("\n").map((line) => line.replace(/\r$/, ""));

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}
