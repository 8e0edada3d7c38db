import { crc32c } from "../../records/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import type { Files, OpenFile, Table } from "./types.ts";

/** Opens a table, or makes it. What a crash left half written is cut off; throws where it is damaged before its end. */
export function openTable(files: Files, path: string): Table {
  return new Journal(files, path);
}

type Change = readonly [key: string, value: unknown];

/** A file smaller than this is not worth rewriting. */
const REWRITE_BYTES_MIN = 64 * 1024;
/** How much one entry of a rewritten file holds, about. */
const ENTRY_BYTES = 256 * 1024;
const SIZE_BYTES = 4;
const HEADER_BYTES = 8;

class Journal implements Table {
  readonly #files: Files;
  readonly #path: string;
  readonly #entries = new Map<string, unknown>();
  /** What each key takes in the file, to tell how much of it is outdated. */
  readonly #sizes = new Map<string, number>();
  #liveBytes = 0;
  #file: OpenFile;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.#path = path;
    files.remove(unfinished(path));
    this.#file = files.open(path);
    this.#load();
  }

  get entries(): ReadonlyMap<string, unknown> {
    return this.#entries;
  }

  change(changes: Iterable<Change>): void {
    const all = [...changes];
    if (all.length === 0) return;
    const parts = all.map(partOf);
    try {
      this.#file.append(entryOf(parts));
    } catch (cause) {
      throw new KafkaFault("KAFKA_STORAGE_ERROR", `${this.#path} cannot be written: ${messageOf(cause)}`);
    }
    for (const [index, [key, value]] of all.entries()) this.#set(key, value, parts[index]?.length ?? 0);
    if (this.#file.size > REWRITE_BYTES_MIN && this.#file.size > 2 * this.#liveBytes) this.#rewrite();
  }

  close(): void {
    this.#file.close();
  }

  #set(key: string, value: unknown, bytes: number): void {
    this.#liveBytes -= this.#sizes.get(key) ?? 0;
    if (value === undefined) {
      this.#entries.delete(key);
      this.#sizes.delete(key);
      return;
    }
    this.#entries.set(key, value);
    this.#sizes.set(key, bytes);
    this.#liveBytes += bytes;
  }

  #load(): void {
    const bytes = this.#file.read(0, this.#file.size);
    let at = 0;
    for (let end = endOfEntry(bytes, at); end !== undefined; end = endOfEntry(bytes, at)) {
      const changes: unknown = JSON.parse(bytes.toString("utf8", at + HEADER_BYTES, end));
      // The checksum says that these are the bytes of `entryOf`.
      for (const [key, value] of changes as Change[]) this.#set(key, value, partOf([key, value]).length);
      at = end;
    }
    if (at === bytes.length) return;
    if (hasEntryBehind(bytes, at)) throw damaged(this.#path, at);
    this.#file.truncate(at);
  }

  /** Writes what is left beside the old file, then takes its place in one step. A failure leaves the old file in use. */
  #rewrite(): void {
    const beside = unfinished(this.#path);
    try {
      this.#files.remove(beside);
      const file = this.#files.open(beside);
      for (const parts of this.#batches()) file.append(entryOf(parts));
      file.sync();
      this.#files.rename(beside, this.#path);
      this.#file.close();
      this.#file = file;
    } catch {
      // The old file holds everything, and the next change tries again.
      this.#files.remove(beside);
    }
  }

  *#batches(): Generator<Buffer[]> {
    let parts: Buffer[] = [];
    let bytes = 0;
    for (const change of this.#entries) {
      const part = partOf(change);
      parts.push(part);
      bytes += part.length;
      if (bytes < ENTRY_BYTES) continue;
      yield parts;
      parts = [];
      bytes = 0;
    }
    if (parts.length > 0) yield parts;
  }
}

const unfinished = (path: string): string => `${path}.new`;

const partOf = ([key, value]: Change): Buffer =>
  Buffer.from(JSON.stringify(value === undefined ? [key] : [key, value]));

/** Where the entry at a position ends; undefined where there is no whole one. */
function endOfEntry(bytes: Buffer, at: number): number | undefined {
  const from = at + HEADER_BYTES;
  if (from > bytes.length) return undefined;
  const end = from + bytes.readUInt32BE(at);
  if (end > bytes.length || crc32c(bytes, from, end) !== bytes.readUInt32BE(at + SIZE_BYTES)) return undefined;
  return end;
}

/** Whether a whole entry follows on one that is not: a crash leaves a torn end, and nothing behind it. */
function hasEntryBehind(bytes: Buffer, at: number): boolean {
  const first = at + HEADER_BYTES + 1;
  for (let body = bytes.indexOf(FIRST_CHANGE, first); body >= 0; body = bytes.indexOf(FIRST_CHANGE, body + 1)) {
    if (endOfEntry(bytes, body - HEADER_BYTES) !== undefined) return true;
  }
  return false;
}

/** What would be cut off here was acknowledged, and other files belong to it. */
function damaged(path: string, at: number): Error {
  return new Error(
    `${path} is damaged at byte ${at}, and what was written to it afterwards is whole. Put a copy of it in its place, or begin with an empty folder.`,
  );
}

/** How the body of every entry begins. */
const FIRST_CHANGE = Buffer.from("[[");

/** Length, checksum, and the changes as one JSON list. */
function entryOf(parts: readonly Buffer[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (const [index, part] of parts.entries()) pieces.push(index === 0 ? OPENING : COMMA, part);
  const body = Buffer.concat([...pieces, CLOSING]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt32BE(crc32c(body), SIZE_BYTES);
  return [header, body];
}

const OPENING = Buffer.from("[");
const COMMA = Buffer.from(",");
const CLOSING = Buffer.from("]");

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
