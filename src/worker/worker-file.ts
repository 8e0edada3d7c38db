import { join, resolve } from "node:path";
import { thrownAt } from "../thrown.ts";
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
interface Reason {
  /** The file that is at fault, where Bun says it: it may be one that is imported. */
  readonly file?: string;
  /** `:1:8`, where Bun says it. */
  readonly place: string;
  readonly message: string;
}

/** Everything that is wrong with a file that could not be imported, by file and line. */
export function notLoaded(error: unknown, { dir, file }: { dir: string; file: string }): WorkersError {
  const problems = reasons(error).map(
    ({ file: at, place, message }) => `${at === undefined ? file : shortened(at, dir)}${place}: ${message}`,
  );
  return new WorkersError(problems, { cause: error });
}

/** As the caller names the folder. */
function shortened(at: string, dir: string): string {
  const root = resolve(dir);
  return at.startsWith(root) ? join(dir, at.slice(root.length)) : at;
}

/** Why a file cannot be imported, each with its line where Bun says it: several syntax errors come as one. */
function reasons(error: unknown): Reason[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reasons);
  if ((error instanceof BuildMessage || error instanceof ResolveMessage) && error.position) {
    const { file, line, column } = error.position;
    return [{ file, place: `:${line}:${column}`, message: error.message }];
  }
  const message = error instanceof Error ? error.message : String(error);
  const thrown = thrownAt(error, { direct: true });
  return [
    thrown === undefined
      ? { place: "", message }
      : { file: thrown.file, place: `:${thrown.line}:${thrown.column}`, message },
  ];
}
