import { applyFixes, type Finding, type Report } from "../../gate/index.ts";
import type { Io } from "../io.ts";
import { counted } from "../table.ts";
import type { CheckRun } from "./open-check.ts";
import { writeFor } from "./output.ts";

/** Fixes that touch each other are made one after the other: as many as anybody has branches in a union. */
const ROUNDS_MAX = 100;

/**
 * Makes the edits of a report, and checks again until there are no more; answers what is left. Each fix mends its break
 * with one earlier schema. Where that only makes another one, with a schema before it, the files stay as they were.
 */
export async function mend(io: Io, first: Report, run: CheckRun): Promise<Report> {
  let report = first;
  let isStuck = false;
  const mended: Finding[] = [];
  for (let round = 1; round <= ROUNDS_MAX && !isStuck; round++) {
    const textOf = run.context.text;
    const { changed, applied } = applyFixes(report, (file) => textOf(file) ?? "");
    if (changed.size === 0) break;
    const before = [...changed.keys()].map((file) => [file, textOf(file) ?? ""] as const);
    for (const [file, text] of changed) writeFor(file, text);
    const after = await run.report();
    isStuck = !isBetter(after, report);
    if (isStuck) for (const [file, text] of before) writeFor(file, text);
    else mended.push(...applied);
    report = isStuck ? await run.report() : after;
  }
  for (const { place, rule, fix } of mended) io.err(`mended ${place.file}:${place.line} ${rule}: ${fix?.title}\n`);
  io.err(`${conclusion(mended.length, report, isStuck)}\n\n`);
  return report;
}

/** Fewer errors, or as many and fewer warnings, or as many of both and fewer to mend. One that is left with one earlier schema of several is less, too. */
function isBetter(after: Report, before: Report): boolean {
  const count = ({ findings }: Report, which: Finding["severity"]) =>
    findings
      .filter(({ severity }) => severity === which)
      .reduce((sum, { against }) => sum + Math.max(1, against.length), 0);
  const errors = count(after, "error") - count(before, "error");
  const warnings = count(after, "warning") - count(before, "warning");
  const toMend = ({ findings }: Report) => findings.filter(({ fix }) => fix !== undefined).length;
  return errors < 0 || (errors === 0 && (warnings < 0 || (warnings === 0 && toMend(after) < toMend(before))));
}

function conclusion(mended: number, { findings }: Report, isStuck: boolean): string {
  const left = findings.filter(({ severity }) => severity !== "info").length;
  const stuck = isStuck ? " The fixes that are left would each break something else." : "";
  if (mended === 0) return left === 0 ? "Nothing to mend." : `Nothing can be mended by itself.${stuck}`;
  return `${counted(mended)} mended, ${counted(left)} left.${stuck}`;
}
