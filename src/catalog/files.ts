import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** One entry of a folder. */
export interface FileEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A tree of files that can be read: a folder on the disk, or what git has of one. */
export interface Files {
  /**
   * What stands in a folder, in order of the names; undefined where there is no such folder.
   * @throws Error with a `code` where it is there and cannot be listed.
   */
  list(dir: string): readonly FileEntry[] | undefined;
  /** How many bytes a file has. @throws where it cannot be read, or is no regular file: a device may have no end. */
  size(file: string): number;
  /** @throws where it cannot be read. */
  read(file: string): Uint8Array;
}

/** The files of the disk. They are few and small: reading them one by one without waiting is the fastest. */
export const DISK: Files = {
  list(dir) {
    try {
      return readdirSync(dir, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, isFolder: isFolder(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined; // Node's own errors have a code.
      throw error;
    }
  },
  size(file) {
    const stat = statSync(file);
    if (!stat.isFile()) throw new Error("it is no file");
    return stat.size;
  },
  read: (file) => readFileSync(file),
};

/** Files that are held in memory, by their paths; folders are what the paths lead through. */
export function filesIn(contents: ReadonlyMap<string, Uint8Array>): Files {
  const folders = new Map<string, Map<string, FileEntry>>();
  for (const path of contents.keys()) {
    const parts = path.split("/");
    for (const [index, name] of parts.entries()) {
      const dir = parts.slice(0, index).join("/") || ".";
      const entries = folders.get(dir) ?? new Map<string, FileEntry>();
      folders.set(dir, entries.set(name, { name, isFolder: index < parts.length - 1 }));
    }
  }
  const read = (file: string): Uint8Array => {
    const bytes = contents.get(file);
    if (bytes === undefined) throw new Error(`there is no file ${file}`);
    return bytes;
  };
  return {
    list: (dir) => {
      const entries = folders.get(dir);
      return entries && [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    size: (file) => read(file).length,
    read,
  };
}

/** A link to a folder is a folder: mounted configuration comes as links. */
function isFolder(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // A link that leads back to itself: whoever reads it as a file says so.
  }
}
