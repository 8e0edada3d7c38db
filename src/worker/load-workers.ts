import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { nearest } from "../avro/index.ts";
import { COMPILED, loadFresh } from "./load-fresh.ts";
import { declarationOf, type LoadedWorker, notLoaded, WorkersError } from "./worker-file.ts";

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
    try {
      loaded.push(await load(dir, name));
    } catch (error) {
      if (!(error instanceof WorkersError)) throw error;
      problems.push(...error.problems);
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

async function load(dir: string, name: string): Promise<LoadedWorker> {
  // In a compiled executable, a plain import would load this program's own modules a second time, from the disk.
  if (COMPILED) return loadFresh(dir, name);
  const file = join(dir, `${name}.ts`);
  try {
    return { name, file, worker: declarationOf(await import(resolve(file))) };
  } catch (error) {
    throw notLoaded(error, { dir, file });
  }
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
