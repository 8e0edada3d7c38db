import { isWorker, type Worker } from "./define-worker.ts";

/** Worker files that cannot be used, with every reason. */
export class WorkersError extends Error {
  override readonly name = "WorkersError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}

/** A declaration and the file that it is in. */
export interface LoadedWorker {
  /** Name of the file without its ending. */
  readonly name: string;
  readonly file: string;
  readonly worker: Worker;
}

/** The one worker among what a file exports. */
export function declarationOf(exports: Readonly<Record<string, unknown>>): Worker {
  const [worker, ...others] = Object.values(exports).filter(isWorker);
  if (worker === undefined)
    throw new Error("exports no worker; `export const name = defineWorker({ … })` declares one");
  if (others.length > 0) throw new Error(`exports ${others.length + 1} workers; a file declares one`);
  if (worker.mistakes.length > 0) throw new AggregateError(worker.mistakes.map((mistake) => new Error(mistake)));
  return worker;
}

/** One reason why a file cannot be imported. */
export interface Reason {
  /** The file that is at fault, where Bun says it: it may be one that is imported. */
  readonly file?: string;
  /** `:1:8`, where Bun says it. */
  readonly place: string;
  readonly message: string;
}

/** Why a file cannot be imported, each with its line where Bun says it: several syntax errors come as one. */
export function reasons(error: unknown): Reason[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reasons);
  if ((error instanceof BuildMessage || error instanceof ResolveMessage) && error.position) {
    const { file, line, column } = error.position;
    return [{ file, place: `:${line}:${column}`, message: error.message }];
  }
  return [{ place: "", message: error instanceof Error ? error.message : String(error) }];
}
