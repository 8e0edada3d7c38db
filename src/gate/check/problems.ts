import { basename, dirname, join } from "node:path";
import type { CatalogProblem, CatalogReading, Place } from "../../catalog/index.ts";
import { type Draft, plainDraft } from "./draft.ts";

/** What is wrong with the files themselves, as findings. */
export function problemDrafts({ problems, places, catalog }: CatalogReading): readonly Draft[] {
  return problems.map((problem) => {
    const isSchema = problem.file.endsWith(".avsc");
    const text = places.text(problem.file);
    return plainDraft({
      rule: isSchema ? "SCHEMA_INVALID" : "TOPIC_INVALID",
      severity: "error",
      subject: subjectOf(problem.file, catalog.dir),
      message: problem.message,
      help: "",
      place: placeOf(problem, text),
      meaning: problem.message,
    });
  });
}

/** The subject that a file would be, were it right; empty where its name does not tell. */
function subjectOf(file: string, dir: string): string {
  const folder = dirname(file);
  const version = /^(v\d+)\.avsc$/.exec(basename(file))?.[1];
  if (version === undefined || join(folder) === join(dir)) return "";
  return `${basename(folder)}.${version}-value`;
}

/** A problem names a point; what stands there is marked as far as it is one word or string. */
function placeOf({ file, line, column }: CatalogProblem, text: string | undefined): Place {
  const at = { file, line, column, endLine: line, endColumn: column, offset: 0, length: 0 };
  if (text === undefined || line === 0) return at;
  const lines = text.split("\n", line);
  const offset = lines.slice(0, -1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  const length = /^(?:"(?:[^"\\\r\n]|\\.)*"|[\w.-]+|[^\s\w])?/.exec(text.slice(offset, offset + 300))?.[0].length ?? 0;
  return { ...at, endColumn: column + length, offset, length };
}
