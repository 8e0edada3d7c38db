import { applyFixes, type Finding, type Report } from "../../gate/index.ts";
import type { Io } from "../io.ts";
import { counted } from "../table.ts";
import type { CheckRun } from "./open-check.ts";
import { writeFor } from "./output.ts";

/** A fix may make room for another one; more rounds than this would be a fix that undoes another. */
const ROUNDS_MAX = 10;

/** Makes the edits of a report, and checks again until there are no more; answers what is left. */
export async function mend(io: Io, first: Report, run: CheckRun): Promise<Report> {
  let report = first;
  const mended: Finding[] = [];
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const { changed, applied } = applyFixes(report, (file) => run.context.text(file) ?? "");
    if (changed.size === 0) break;
    for (const [file, text] of changed) writeFor(file, text);
    mended.push(...applied);
    report = await run.report();
  }
  for (const { place, rule, fix } of mended) io.err(`mended ${place.file}:${place.line} ${rule}: ${fix?.title}\n`);
  io.err(`${conclusion(mended.length, report)}\n\n`);
  return report;
}

function conclusion(mended: number, { findings }: Report): string {
  const left = findings.filter(({ severity }) => severity !== "info").length;
  if (mended === 0) return left === 0 ? "Nothing to mend." : "Nothing can be mended by itself.";
  return `${counted(mended)} mended, ${counted(left)} left.`;
}
