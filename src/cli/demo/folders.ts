import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that has the repository's schemas/ and workers/. */
export interface Folders extends AsyncDisposable {
  readonly dir: string;
  /** Whether it is there after the demo too. */
  readonly lasts: boolean;
}

/** The repository itself. A compiled executable carries the two along, and lays them out for the while. */
export async function openFolders(): Promise<Folders> {
  if (!import.meta.path.startsWith("/$bunfs/")) {
    return { dir: join(import.meta.dir, "../../.."), lasts: true, [Symbol.asyncDispose]: async () => {} };
  }
  const dir = await mkdtemp(join(tmpdir(), "sluice-demo-"));
  for (const file of Bun.embeddedFiles) {
    const name = "name" in file ? String(file.name) : "";
    // What is a path in the repository is a module of the executable's own.
    if (/^(schemas|workers)\//.test(name)) {
      await Bun.write(join(dir, name), (await file.text()).replace('"../src/index.ts"', '"sluice"'));
    }
  }
  return { dir, lasts: false, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
