import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { nearest } from "../avro/index.ts";
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

/**
 * Imports the declarations of a folder: all, or those of the names given, each the name of a file or of a group.
 * @throws WorkersError with every file that does not declare exactly one worker, every group that two files have, and
 *   every name that nothing has, with the nearest that there is.
 */
export async function loadWorkers(dir: string, names?: readonly string[]): Promise<LoadedWorker[]> {
  const files = await workerFiles(dir);
  // A name that is a file's needs that file alone, whatever is wrong with the others.
  const wanted = names?.every((name) => files.includes(name)) ? [...new Set(names)] : files;
  const problems: string[] = [];
  const loaded: LoadedWorker[] = [];
  for (const name of wanted) {
    const file = join(dir, `${name}.ts`);
    try {
      loaded.push({ name, file, worker: await declarationIn(file) });
    } catch (error) {
      problems.push(...reasons(error).map(({ place, message }) => `${file}${place}: ${message}`));
    }
  }
  problems.push(...sharedGroups(loaded));
  const chosen = names === undefined ? loaded : choose({ loaded, files }, names, problems);
  if (problems.length > 0) throw new WorkersError(problems);
  return chosen;
}

/**
 * Names of the files of a folder that declare workers, in order, without their ending.
 * @throws WorkersError where there is no such folder.
 */
export async function workerFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir).catch((error: unknown) => {
    throw new WorkersError([`${dir}: no such folder of workers; SLUICE_WORKERS names it`], { cause: error });
  });
  return entries
    .filter((entry) => entry.endsWith(".ts") && !/\.(test|d)\.ts$/.test(entry))
    .map((entry) => entry.slice(0, -".ts".length))
    .sort();
}

async function declarationIn(file: string): Promise<Worker> {
  return declarationOf(await import(resolve(file)));
}

/** The one worker among what a file exports. */
export function declarationOf(exports: Readonly<Record<string, unknown>>): Worker {
  const [worker, ...others] = Object.values(exports).filter(isWorker);
  if (worker === undefined)
    throw new Error("exports no worker; `export const name = defineWorker({ … })` declares one");
  if (others.length > 0) throw new Error(`exports ${others.length + 1} workers; a file declares one`);
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
  if (error instanceof BuildMessage && error.position !== null) {
    const { file, line, column } = error.position;
    return [{ file, place: `:${line}:${column}`, message: error.message }];
  }
  return [{ place: "", message: error instanceof Error ? error.message : String(error) }];
}

function sharedGroups(loaded: readonly LoadedWorker[]): string[] {
  const byGroup = Map.groupBy(loaded, ({ worker }) => worker.group);
  return [...byGroup]
    .filter(([, workers]) => workers.length > 1)
    .map(([group, workers]) => `${workers.map(({ file }) => file).join(" and ")}: both are the group ${group}`);
}

/** Adds to the problems what no name stands for; a file that could not be loaded has its own problem already. */
function choose(
  { loaded, files }: { loaded: readonly LoadedWorker[]; files: readonly string[] },
  names: readonly string[],
  problems: string[],
): LoadedWorker[] {
  const known = [...new Set(loaded.flatMap(({ name, worker }) => [name, worker.group]))];
  return [...new Set(names)].flatMap((name) => {
    const found = loaded.filter((one) => one.name === name || one.worker.group === name);
    if (found.length === 0 && !files.includes(name)) problems.push(unknownName(name, known));
    return found;
  });
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === undefined ? `there are ${known.join(", ") || "none"}` : `did you mean ${near}?`;
  return `${name}: no such worker; ${hint}`;
}
