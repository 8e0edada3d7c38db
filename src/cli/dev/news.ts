/** Something that a developer wants to hear of while `sluice dev` runs. */
export interface News {
  /** What happened, for programs. */
  readonly event: string;
  readonly level: "info" | "warn" | "error";
  /** Whom it concerns: a topic, a worker, the API. */
  readonly about: string;
  readonly text: string;
  /** Lines below it: findings, problems. */
  readonly details?: readonly string[];
}

export type Tell = (news: News) => void;

/** What went wrong, as sentences. */
export function reasonsIn(error: unknown): readonly string[] {
  if (error instanceof Error && "problems" in error && Array.isArray(error.problems)) {
    return error.problems.map((problem: unknown) => (typeof problem === "string" ? problem : located(problem)));
  }
  return [error instanceof Error ? error.message : String(error)];
}

function located(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return String(problem);
  const { file, line, column, message }: Partial<Record<"file" | "line" | "column" | "message", unknown>> = problem;
  return `${String(file)}:${String(line)}:${String(column)}: ${String(message)}`;
}
