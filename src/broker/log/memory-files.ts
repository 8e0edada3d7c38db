import type { Files, OpenFile } from "./types.ts";

export interface MemoryFilesOptions {
  /** What all files may take together; appending more fails, as on a full disk. */
  readonly bytesMax?: number;
}

/** Files in memory, which fail where a test tells them to. */
export interface MemoryFiles extends Files {
  /** The next append fails. */
  failNextWrite(): void;
  /** The next `sync` fails. */
  failNextSync(): void;
  /** A copy of everything, as a disk would hold it if the process ended now. */
  copy(): MemoryFiles;
}

/** Keeps files in memory: the same code runs on it as on a disk, and it ends with the process. */
export function memoryFiles({ bytesMax = Number.POSITIVE_INFINITY }: MemoryFilesOptions = {}): MemoryFiles {
  return new Memory(bytesMax);
}

class Memory implements MemoryFiles {
  readonly place = "memory";
  readonly durable = false;
  readonly #bytesMax: number;
  readonly #files = new Map<string, MemoryFile>();
  /** Names in each folder that has any, so that nothing goes through all files there are. */
  readonly #folders = new Map<string, Set<string>>();
  #failWrite: boolean = false;
  #failSync: boolean = false;
  bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  open(path: string): OpenFile {
    const found = this.#files.get(path);
    if (found !== undefined) return found;
    const made = new MemoryFile(this);
    this.#put(path, made);
    return made;
  }

  list(folder: string): readonly string[] {
    const names = this.#folders.get(folder);
    return names === undefined ? [] : Array.from(names).toSorted((a, b) => (a < b ? -1 : 1));
  }

  exists(path: string): boolean {
    return this.#files.has(path) || this.#folders.has(path);
  }

  rename(from: string, to: string): void {
    const file = this.#files.get(from);
    if (file === undefined) throw new Error(`${from}: no such file`);
    this.#files.get(to)?.drop();
    this.#files.delete(from);
    this.#leave(from);
    this.#put(to, file);
  }

  remove(path: string): void {
    for (const name of this.#folders.get(path) ?? []) this.remove(`${path}/${name}`);
    const file = this.#files.get(path);
    if (file === undefined) return;
    file.drop();
    this.#files.delete(path);
    this.#leave(path);
  }

  close(): void {
    for (const file of this.#files.values()) file.drop();
    this.#files.clear();
    this.#folders.clear();
  }

  failNextWrite(): void {
    this.#failWrite = true;
  }

  failNextSync(): void {
    this.#failSync = true;
  }

  copy(): MemoryFiles {
    const copied = new Memory(this.#bytesMax);
    for (const [path, file] of this.#files) copied.open(path).append([file.read(0, file.size)]);
    return copied;
  }

  /** Counts memory that a file takes, or gives back; throws where there is no more. */
  take(bytes: number): void {
    if (bytes > 0 && this.bytes + bytes > this.#bytesMax) {
      throw new Error(`memory is full: ${this.bytes} of ${this.#bytesMax} bytes are taken`);
    }
    this.bytes += bytes;
  }

  #put(path: string, file: MemoryFile): void {
    this.#files.set(path, file);
    for (let inside = path; inside !== ""; inside = folderOf(inside)) {
      const names = this.#folders.get(folderOf(inside)) ?? new Set<string>();
      names.add(inside.slice(inside.lastIndexOf("/") + 1));
      this.#folders.set(folderOf(inside), names);
    }
  }

  /** A folder is there as long as anything is in it. */
  #leave(path: string): void {
    for (let inside = path; inside !== ""; inside = folderOf(inside)) {
      const names = this.#folders.get(folderOf(inside));
      names?.delete(inside.slice(inside.lastIndexOf("/") + 1));
      if (names === undefined || names.size > 0) return;
      this.#folders.delete(folderOf(inside));
    }
  }

  failWrite(): void {
    if (!this.#failWrite) return;
    this.#failWrite = false;
    throw new Error("the disk refuses to write, as it was told to");
  }

  failSync(): void {
    if (!this.#failSync) return;
    this.#failSync = false;
    throw new Error("the disk refuses to sync, as it was told to");
  }
}

/** The root is the empty path. */
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const CHUNK_BYTES_MIN = 512;
const CHUNK_BYTES_MAX = 1024 * 1024;

/** Part of a file. What is written to it is never written again, so readers may keep views of it. */
interface Chunk {
  readonly start: number;
  readonly bytes: Buffer;
  used: number;
}

class MemoryFile implements OpenFile {
  readonly #memory: Memory;
  #chunks: Chunk[] = [];
  #removed: boolean = false;
  size = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  read(position: number, length: number): Buffer {
    const pieces = this.view(position, length);
    const [only] = pieces;
    if (only === undefined) return EMPTY;
    return pieces.length === 1 ? only : Buffer.concat(pieces);
  }

  view(position: number, length: number): readonly Buffer[] {
    const end = Math.min(position + length, this.size);
    const pieces: Buffer[] = [];
    for (let at = position, index = this.#chunkAt(position); at < end; index++) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) break;
      const until = Math.min(end, chunk.start + chunk.used);
      pieces.push(chunk.bytes.subarray(at - chunk.start, until - chunk.start));
      at = until;
    }
    return pieces;
  }

  append(pieces: readonly Buffer[]): number {
    const position = this.size;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    if (this.#removed) throw new Error("the file has been removed");
    this.#memory.failWrite();
    if (length === 0) return position;
    const chunk = this.#chunkFor(length);
    for (const piece of pieces) {
      chunk.bytes.set(piece, chunk.used);
      chunk.used += piece.length;
    }
    this.size += length;
    return position;
  }

  truncate(size: number): void {
    if (size >= this.size) return;
    const index = this.#chunkAt(size);
    const cut = this.#chunks[index];
    const kept = cut === undefined ? EMPTY : Buffer.from(cut.bytes.subarray(0, size - cut.start));
    for (const { bytes } of this.#chunks.splice(index)) this.#memory.take(-bytes.length);
    this.size = size - kept.length;
    if (kept.length > 0) this.append([kept]);
  }

  sync(): void {
    this.#memory.failSync();
  }

  close(): void {}

  /** Gives its memory back. Views that readers have stay as they are. */
  drop(): void {
    this.#removed = true;
    for (const { bytes } of this.#chunks) this.#memory.take(-bytes.length);
    this.#chunks = [];
    this.size = 0;
  }

  /** The chunk that holds a position: the last that begins at or below it. */
  #chunkAt(position: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#chunks[middle]?.start ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Room for what is appended in one call, in one place. Chunks grow with the file, so that small files stay small. */
  #chunkFor(length: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.bytes.length - last.used >= length) return last;
    const grown = Math.min(Math.max(this.size, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX);
    // What is large gets a chunk of its own size: the rest of a common one would often be too small for the next.
    const capacity = length * 4 > grown ? length : grown;
    this.#memory.take(capacity);
    const chunk: Chunk = { start: this.size, bytes: Buffer.allocUnsafeSlow(capacity), used: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }
}

const EMPTY = Buffer.alloc(0);
