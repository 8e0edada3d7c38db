import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Schema } from "../../avro/index.ts";
import type { BrokenWorker, DeclaredReader } from "../../gate/index.ts";
import { loadWorkers, readerOf, type Worker, WorkersError, workerFiles } from "../../worker/index.ts";
import type { Io } from "../io.ts";
import { counted } from "../table.ts";

/** What the workers of the repository read, and those of which nobody can say it. */
export interface DeclaredReaders {
  readonly readers: readonly DeclaredReader[];
  readonly broken: readonly BrokenWorker[];
}

/** Reads what the workers declare. One that cannot be loaded is told, and left out: it is no schema's fault. */
export async function declaredReaders(io: Io, dir: string): Promise<DeclaredReaders> {
  const names = await namesIn(io, dir);
  const found = await Promise.all(names.map((name) => loaded(dir, name)));
  return {
    readers: found.flatMap(({ readers }) => readers),
    broken: found.flatMap(({ broken }) => broken),
  };
}

async function namesIn(io: Io, dir: string): Promise<readonly string[]> {
  try {
    return await workerFiles(dir);
  } catch (error) {
    if (!(error instanceof WorkersError)) throw error;
    // Who has no workers has named no folder of them.
    if (io.env.SLUICE_WORKERS) io.err(`warning: ${error.message}\n`);
    return [];
  }
}

async function loaded(dir: string, name: string): Promise<DeclaredReaders> {
  try {
    const workers = await loadWorkers(dir, [name]);
    const readers = workers.flatMap(({ file, worker }) => worker.topics.map((topic) => readerIn(file, worker, topic)));
    return { readers, broken: [] };
  } catch (error) {
    return { readers: [], broken: [brokenBy(error, join(dir, `${name}.ts`))] };
  }
}

function readerIn(file: string, worker: Worker, topic: string): DeclaredReader {
  const schema = ownSchema(worker, topic);
  const place = schema && readersPlace(file, topic);
  return { group: worker.group, file, topic, schema, ...(place && { place }) };
}

/** Undefined where the worker reads with the topic's own. */
const ownSchema = (worker: Worker, topic: string): Schema | undefined => readerOf(worker, topic);

/** The topic among the worker's `readers`, or else that word; undefined where they are written in another way. */
function readersPlace(file: string, topic: string): DeclaredReader["place"] {
  const text = readFileSync(file, "utf8");
  const from = /\breaders\b/.exec(text);
  if (from === null) return undefined;
  const quoted = [`"${topic}"`, `'${topic}'`].find((one) => text.includes(one, from.index)) ?? "";
  const offset = quoted === "" ? from.index : text.indexOf(quoted, from.index);
  const length = quoted === "" ? from[0].length : quoted.length;
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  return { file, line, column, endLine: line, endColumn: column + length, offset, length };
}

/** The file is named already, as it is called everywhere and not only on this machine. */
const IMPORTED_FROM = / (?:imported )?from ["']?\/\S+$/;

/** Its first mistake: of a syntax error, those after it are what follows from it. */
function brokenBy(error: unknown, file: string): BrokenWorker {
  const [first = String(error), ...rest] =
    error instanceof WorkersError ? error.problems : [error instanceof Error ? `${file}: ${error.message}` : undefined];
  const [, at = file, line = "1", column = "1", said = first] =
    /^(.*?\.[cm]?[jt]sx?)(?::(\d+):(\d+))?: (.*)$/s.exec(first) ?? [];
  const more = rest.length === 0 ? "" : `, and ${counted(rest.length)} more`;
  return { file: at, line: Number(line), column: Number(column), message: `${said.replace(IMPORTED_FROM, "")}${more}` };
}
