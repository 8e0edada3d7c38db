import type { Schema } from "../../avro/index.ts";
import type { DeclaredReader } from "../../gate/index.ts";
import { loadWorkers, readerOf, type Worker, WorkersError, workerFiles } from "../../worker/index.ts";
import type { Io } from "../io.ts";

/** What the workers of the repository read. One that cannot be loaded is told, and left out: it is no schema's fault. */
export async function declaredReaders(io: Io, dir: string): Promise<readonly DeclaredReader[]> {
  const names = await namesIn(io, dir);
  const found = await Promise.all(names.map((name) => loaded(io, dir, name)));
  return found.flat();
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

async function loaded(io: Io, dir: string, name: string): Promise<readonly DeclaredReader[]> {
  try {
    const workers = await loadWorkers(dir, [name]);
    return workers.flatMap(({ file, worker }) =>
      worker.topics.map((topic) => ({ group: worker.group, file, topic, schema: ownSchema(worker, topic) })),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.err(`warning: not checked for what it reads: ${reason}\n`);
    return [];
  }
}

/** Undefined where the worker reads with the topic's own. */
const ownSchema = (worker: Worker, topic: string): Schema | undefined => readerOf(worker, topic);
