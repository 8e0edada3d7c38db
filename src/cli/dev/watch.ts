import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** One folder that is watched, whether it is there yet or not. */
export interface WatchedFolder {
  readonly dir: string;
  /** Whether a file counts, by its path inside the folder. */
  readonly wants: (path: string) => boolean;
}

/** The folder of schemas: what is written beside them does not count. */
export const schemasIn = (dir: string): WatchedFolder => ({ dir, wants: (path) => /\.(avsc|avdl|ya?ml)$/.test(path) });

export interface WatchOptions {
  readonly folders: readonly WatchedFolder[];
  /** Called with the paths of a folder that are new, changed or gone. Never called again before it has ended. */
  readonly onChange: (folder: WatchedFolder, paths: readonly string[]) => Promise<void>;
  /** An editor writes a file in several steps; this long nothing must happen before a change counts. */
  readonly quietMs?: number;
}

const QUIET_MS = 40;

/**
 * Watches folders and everything in them. The system's own events only say that something has happened: what has, is
 * found out by comparing what the files hold, so that a save which renames, a save which changes nothing, and a folder
 * that appears are all the same to the caller.
 */
export async function watchFolders({ folders, onChange, quietMs = QUIET_MS }: WatchOptions): Promise<Disposable> {
  const watchers = new Map<string, FSWatcher>();
  let known = await snapshots(folders);
  let timer: Timer | undefined;
  let looking = false;
  let again = false;
  let closed = false;
  renew();
  return {
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };

  function soon(): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(look, quietMs);
  }

  async function look(): Promise<void> {
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      const seen = await snapshots(folders);
      const before = known;
      known = seen;
      // What is written into a folder before it is watched makes no event: after new folders, one more look.
      if (renew()) again = true;
      for (const folder of folders) {
        const paths = differences(before.get(folder), seen.get(folder));
        if (paths.length > 0 && !closed) await onChange(folder, paths);
      }
    } finally {
      looking = false;
      if (again) soon();
      again = false;
    }
  }

  /** Watches each folder that there is now; answers whether there is a new one. */
  function renew(): boolean {
    if (closed) return false;
    const wanted = new Set(folders.flatMap(({ dir }) => [nearest(dir), ...(known.dirs.get(resolve(dir)) ?? [])]));
    for (const [dir, watcher] of watchers) {
      if (wanted.has(dir)) continue;
      watcher.close();
      watchers.delete(dir);
    }
    let added = false;
    for (const dir of wanted) {
      if (watchers.has(dir)) continue;
      try {
        const watcher = watch(dir, soon);
        watcher.on("error", soon);
        watchers.set(dir, watcher);
        added = true;
      } catch {
        // It went away meanwhile, which its own parent's event tells.
      }
    }
    return added;
  }

  /** The folder above, where the folder itself comes and goes. */
  function nearest(dir: string): string {
    return dirname(resolve(dir));
  }
}

type Snapshot = ReadonlyMap<string, number | bigint>;

/** What the files that count hold, by folder and path, and which folders there are. */
class Snapshots {
  readonly dirs = new Map<string, readonly string[]>();
  readonly #files = new Map<WatchedFolder, Snapshot>();

  get(folder: WatchedFolder): Snapshot {
    return this.#files.get(folder) ?? new Map();
  }

  set(folder: WatchedFolder, files: Snapshot, dirs: readonly string[]): void {
    this.#files.set(folder, files);
    this.dirs.set(resolve(folder.dir), dirs);
  }
}

async function snapshots(folders: readonly WatchedFolder[]): Promise<Snapshots> {
  const all = new Snapshots();
  await Promise.all(
    folders.map(async (folder) => {
      const dirs: string[] = [];
      const files = new Map<string, number | bigint>();
      await collect(folder, "", { dirs, files });
      all.set(folder, files, dirs);
    }),
  );
  return all;
}

async function collect(
  folder: WatchedFolder,
  inside: string,
  found: { readonly dirs: string[]; readonly files: Map<string, number | bigint> },
): Promise<void> {
  const dir = join(resolve(folder.dir), inside);
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return; // It is not there, or not any more.
  found.dirs.push(dir);
  await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith(".") || entry.name === "node_modules") return;
      const path = join(inside, entry.name);
      if (entry.isDirectory()) return collect(folder, path, found);
      if (!folder.wants(path)) return;
      const bytes = await Bun.file(join(dir, entry.name))
        .bytes()
        .catch(() => undefined); // Gone between the two steps of a rename; the next look sees what came.
      if (bytes !== undefined) found.files.set(path, Bun.hash(bytes));
    }),
  );
}

function differences(before: Snapshot, after: Snapshot): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort((a, b) => (a < b ? -1 : 1));
}
