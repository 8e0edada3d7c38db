import type { BrokenWorker } from "../model.ts";
import { type Draft, plainDraft } from "./draft.ts";

/** Workers that cannot be loaded: what they read is not checked, which nobody may take for a check that they passed. */
export function workerDrafts(broken: readonly BrokenWorker[], only: ReadonlySet<string> | undefined): readonly Draft[] {
  // A file that several workers import is told once.
  const files = new Map(broken.map((one) => [`${one.file}:${one.line}:${one.column}`, one]));
  return [...files.values()].map(({ file, line, column, message }) => ({
    ...plainDraft({
      rule: "WORKER_INVALID",
      severity: "warning",
      subject: "",
      message: `${file} cannot be loaded, so that nobody knows what it reads: ${message}`,
      help: "Mend it: until then no change is checked for what it does to this worker.",
      place: { file, line, column, endLine: line, endColumn: column, offset: 0, length: 0 },
      // What Bun says of it is said otherwise by the next Bun.
      meaning: file,
    }),
    // It may read any of the topics that were asked for.
    others: [...(only ?? [])],
  }));
}
