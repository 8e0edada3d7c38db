import { Database } from "bun:sqlite";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writevSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Files, OpenFile } from "./types.ts";

export interface DiskFilesOptions {
  /** How many files are held open at a time; the others are opened again when they are used. */
  readonly openMax?: number;
}

/** Far below what a process may have open, since each client's connection takes one too. */
const OPEN_MAX = 256;

/**
 * Keeps files in a directory, which is made where it is not there. Throws where another broker has it open: two of them
 * would write over each other.
 */
export function diskFiles(directory: string, { openMax = OPEN_MAX }: DiskFilesOptions = {}): Files {
  mkdirSync(directory, { recursive: true });
  return new Disk(directory, lock(directory), openMax);
}

/** Released by the operating system when the process ends, however it ends; a file with a process id would stay. */
function lock(directory: string): Database {
  const held = new Database(join(directory, LOCK_NAME));
  try {
    held.run("PRAGMA journal_mode = MEMORY");
    held.run("BEGIN EXCLUSIVE");
    return held;
  } catch (cause) {
    held.close();
    const message = `${directory} is in use by another broker. Stop that one, or give this one another directory.`;
    throw new Error(message, { cause });
  }
}

const LOCK_NAME = ".lock";

class Disk implements Files {
  readonly durable = true;
  readonly #directory: string;
  readonly #lock: Database;
  readonly #openMax: number;
  /** Files by path, so that one that is renamed or removed while it is open is found. */
  readonly #files = new Map<string, DiskFile>();
  /** Those with a descriptor, the one used longest ago first. */
  readonly #held = new Set<DiskFile>();
  #closed: boolean = false;

  constructor(directory: string, held: Database, openMax: number) {
    this.#directory = directory;
    this.#lock = held;
    this.#openMax = openMax;
  }

  get place(): string {
    return this.#directory;
  }

  get bytes(): number {
    return bytesIn(this.#directory);
  }

  open(path: string): OpenFile {
    const found = this.#files.get(path);
    if (found !== undefined) return found;
    const made = new DiskFile(this, path);
    this.#files.set(path, made);
    return made;
  }

  list(folder: string): readonly string[] {
    const path = this.#path(folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name !== LOCK_NAME)
      .toSorted();
  }

  exists(path: string): boolean {
    return existsSync(this.#path(path));
  }

  rename(from: string, to: string): void {
    renameSync(this.#path(from), this.#path(to));
    this.#forget(to);
    const file = this.#files.get(from);
    if (file === undefined) return;
    this.#files.delete(from);
    this.#files.set(to, file);
    file.path = to;
  }

  remove(path: string): void {
    this.#forget(path);
    const isFolder = statSync(this.#path(path), { throwIfNoEntry: false })?.isDirectory() ?? false;
    for (const name of isFolder ? [...this.#files.keys()] : []) {
      if (name.startsWith(`${path}/`)) this.#forget(name);
    }
    rmSync(this.#path(path), { recursive: true, force: true });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of [...this.#held]) file.release();
    this.#files.clear();
    this.#lock.close();
  }

  /** Opens a file's descriptor, and closes the one used longest ago where there are too many. */
  descriptor(path: string): number {
    if (this.#closed) throw new Error(`${path} is closed`);
    for (const file of this.#held) {
      if (this.#held.size < this.#openMax) break;
      file.release();
    }
    const full = this.#path(path);
    try {
      return openSync(full, READ_AND_WRITE);
    } catch {
      // Its folder is not there yet, or else this fails in the same way again.
      mkdirSync(dirname(full), { recursive: true });
      return openSync(full, READ_AND_WRITE);
    }
  }

  used(file: DiskFile): void {
    this.#held.delete(file);
    this.#held.add(file);
  }

  released(file: DiskFile): void {
    this.#held.delete(file);
  }

  closed(file: DiskFile): void {
    if (this.#files.get(file.path) === file) this.#files.delete(file.path);
  }

  #forget(path: string): void {
    this.#files.get(path)?.remove();
    this.#files.delete(path);
  }

  #path(path: string): string {
    return join(this.#directory, path);
  }
}

/** Read and write, created where it is not there; not `a`, under which Linux ignores the position. */
const READ_AND_WRITE = constants.O_RDWR | constants.O_CREAT;

class DiskFile implements OpenFile {
  readonly #disk: Disk;
  #descriptor = -1;
  #removed: boolean = false;
  path: string;
  size: number;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.path = path;
    this.size = fstatSync(this.#open()).size;
  }

  read(position: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - position));
    const bytes = Buffer.allocUnsafe(wanted);
    let read = 0;
    while (read < wanted) {
      const more = readSync(this.#open(), bytes, read, wanted - read, position + read);
      if (more === 0) break;
      read += more;
    }
    return read === wanted ? bytes : bytes.subarray(0, read);
  }

  view(position: number, length: number): readonly Buffer[] {
    const bytes = this.read(position, length);
    return bytes.length === 0 ? [] : [bytes];
  }

  append(pieces: readonly Buffer[]): number {
    const position = this.size;
    let rest = pieces.filter(({ length }) => length > 0);
    let at = position;
    try {
      while (rest.length > 0) {
        const written = writevSync(this.#open(), rest, at);
        at += written;
        rest = without(rest, written);
      }
    } catch (error) {
      if (at > position) ftruncateSync(this.#open(), position);
      throw error;
    }
    this.size = at;
    return position;
  }

  truncate(size: number): void {
    if (size >= this.size) return;
    ftruncateSync(this.#open(), size);
    this.size = size;
  }

  sync(): void {
    fsyncSync(this.#open());
  }

  close(): void {
    this.release();
    this.#disk.closed(this);
  }

  /** Whoever still has it open must not make it again. */
  remove(): void {
    this.release();
    this.#removed = true;
  }

  release(): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    this.#disk.released(this);
  }

  #open(): number {
    if (this.#removed) throw new Error(`${this.path} has been removed`);
    if (this.#descriptor < 0) this.#descriptor = this.#disk.descriptor(this.path);
    this.#disk.used(this);
    return this.#descriptor;
  }
}

/** What is left to write after `bytes` of it. */
function without(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const left: Buffer[] = [];
  let skip = bytes;
  for (const piece of pieces) {
    if (skip < piece.length) left.push(skip > 0 ? piece.subarray(skip) : piece);
    skip = Math.max(0, skip - piece.length);
  }
  return left;
}

function bytesIn(path: string): number {
  let bytes = 0;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}
