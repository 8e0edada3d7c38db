import type { Edit, Finding, Report } from "../model.ts";

/** What became of the fixes of a report. */
export interface AppliedFixes {
  /** The new text of each file that changes. */
  readonly changed: ReadonlyMap<string, string>;
  readonly applied: readonly Finding[];
  /** They touch what another one changes. Checking again says whether they are still wanted. */
  readonly skipped: readonly Finding[];
}

/** Makes all edits of one file. They are of the text as it is before the first of them, in any order, none over another. */
export function applyEdits(text: string, edits: readonly Pick<Edit, "offset" | "length" | "text">[]): string {
  let result = "";
  let at = 0;
  for (const { offset, length, text: put } of edits.toSorted((a, b) => a.offset - b.offset)) {
    result += text.slice(at, offset) + put;
    at = offset + length;
  }
  return result + text.slice(at);
}

/**
 * Applies the fix of every finding that has one, as far as they do not touch each other: whole fixes, each once.
 * `textOf` is asked for each file's text as it was when the report was made. Writes nothing.
 */
export function applyFixes(report: Pick<Report, "findings">, textOf: (file: string) => string): AppliedFixes {
  const taken = new Map<string, Edit[]>();
  const applied: Finding[] = [];
  const skipped: Finding[] = [];
  for (const finding of report.findings) {
    if (finding.fix === undefined || isForDeploying(finding)) continue;
    const missing = finding.fix.edits.filter((edit) => !taken.get(edit.file)?.some((one) => same(one, edit)));
    const isSame = missing.length === 0;
    // A fix of which a part is made already is another one: both together may be wrong.
    const fits =
      isSame ||
      (missing.length === finding.fix.edits.length &&
        missing.every((edit) => !taken.get(edit.file)?.some((one) => touch(one, edit))));
    (fits ? applied : skipped).push(finding);
    if (!fits || isSame) continue;
    for (const edit of missing) taken.set(edit.file, [...(taken.get(edit.file) ?? []), edit]);
  }
  const changed = new Map([...taken].map(([file, edits]) => [file, applyEdits(textOf(file), edits)]));
  return { changed, applied, skipped };
}

/** The level allows the change: what mends it is deploying the workers, and the fix is only for who wants it otherwise. */
const isForDeploying = ({ rule, direction }: Finding): boolean => rule === "READER_BROKEN" && direction === "FORWARD";

const same = (a: Edit, b: Edit): boolean => a.offset === b.offset && a.length === b.length && a.text === b.text;

/** Two insertions at one place touch as well: nobody said which comes first. */
const touch = (a: Edit, b: Edit): boolean => a.offset <= b.offset + b.length && b.offset <= a.offset + a.length;
