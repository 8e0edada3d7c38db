import { join } from "node:path";
import { nearest } from "../avro/index.ts";
import type { FileEntry, Files } from "./files.ts";
import type { CatalogProblem } from "./problems.ts";
import { problemAt, type Source, sourceOf } from "./source.ts";

/** A schema of this size is a mistake: Confluent's own limit is about as much. */
export const FILE_BYTES_MAX = 1024 * 1024;
/** All files together. */
const FILES_MAX = 10_000;
/** Kafka's limit is 249; the rest is for `.v12` and the names of dead-letter topics. */
export const EVENT_TYPE_LENGTH_MAX = 200;

const SHARED = "_shared";

/** What a folder is, and whose setting says where, for where it can't be read. */
const SCHEMAS = {
  what: "a folder of schemas",
  hint: "; `sluice dev` says how to begin one, and SLUICE_SCHEMAS names another",
};
const INNER = { what: "a folder", hint: "" };

const EVENT_TYPE = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*(\.[a-z][a-z0-9]*([-_][a-z0-9]+)*){2}$/;
const VERSION = /^v([1-9]\d{0,5})\.avsc$/;

/** The files under `schemas/`, read. */
export interface Folder {
  readonly shared: readonly Source[];
  readonly eventTypes: readonly EventTypeFolder[];
  /** Every file that was read, by its name. */
  readonly sources: ReadonlyMap<string, Source>;
}

export interface EventTypeFolder {
  readonly eventType: string;
  readonly dir: string;
  readonly settings: Source | undefined;
  /** Ascending. */
  readonly versions: readonly { readonly major: number; readonly source: Source }[];
}

/** Reads every file that counts. What is wrong with names and sizes goes to `problems`. */
export function readFolder(dir: string, files: Files, problems: CatalogProblem[]): Folder {
  const reader = createReader(files, problems);
  const shared: Source[] = [];
  const eventTypes: EventTypeFolder[] = [];
  for (const { name, isFolder } of reader.list(dir, SCHEMAS)) {
    const path = join(dir, name);
    if (!isFolder) {
      if (isSchemaName(name))
        reader.wrong(path, `belongs in ${SHARED}/, or as v1.avsc in the folder of its event type`);
    } else if (name === SHARED) shared.push(...readShared(path, reader));
    else if (nameProblem(name) !== undefined) reader.wrong(path, nameProblem(name) ?? "");
    else eventTypes.push(readEventType(path, name, reader));
  }
  return { shared, eventTypes, sources: reader.sources };
}

function nameProblem(name: string): string | undefined {
  if (nearest(name, [SHARED]) !== undefined) return `unknown folder ${name}; did you mean ${SHARED}?`;
  if (name.length > EVENT_TYPE_LENGTH_MAX) return `the name has more than ${EVENT_TYPE_LENGTH_MAX} characters`;
  if (EVENT_TYPE.test(name)) return undefined;
  return `${name} is no event type: expected service.entity.action in lower case, as in orders.order.created`;
}

type Reader = ReturnType<typeof createReader>;

function readShared(dir: string, reader: Reader): Source[] {
  const entries = reader.list(dir);
  for (const { name } of entries.filter(({ isFolder }) => isFolder)) {
    reader.wrong(join(dir, name), `folders in ${SHARED}/ are not read; put the files into ${SHARED}/ itself`);
  }
  const names = entries.filter(({ name, isFolder }) => !isFolder && isSchemaName(name));
  for (const { name } of names.filter(({ name }) => !name.endsWith(".avsc"))) reader.wrong(join(dir, name), NOT_READ);
  return reader.readAll(names.filter(({ name }) => name.endsWith(".avsc")).map(({ name }) => join(dir, name)));
}

const NOT_READ = "only .avsc files are read";

function readEventType(dir: string, eventType: string, reader: Reader): EventTypeFolder {
  const files = reader
    .list(dir)
    .filter(({ isFolder }) => !isFolder)
    .map(({ name }) => name);
  const named = new Map<number, string>();
  for (const name of files) {
    const major = VERSION.exec(name)?.[1];
    const meant = VERSION.exec(name.toLowerCase())?.[1];
    if (major !== undefined) named.set(Number(major), name);
    else if (meant !== undefined && !files.includes(name.toLowerCase())) {
      reader.wrong(join(dir, name), `must be called ${name.toLowerCase()}`);
      named.set(Number(meant), name);
    } else if (isSchemaName(name)) reader.wrong(join(dir, name), versionProblem(name));
    else if (isMisnamed(name)) reader.wrong(join(dir, name), "must be called topic.yaml");
  }
  const majors = [...named].sort(([a], [b]) => a - b);
  if (majors.length === 0) reader.wrong(dir, "there is no schema here; expected v1.avsc");
  if (!files.includes("topic.yaml") && !files.some(isMisnamed)) reader.wrong(dir, "topic.yaml is missing");
  const [settings] = files.includes("topic.yaml") ? reader.readAll([join(dir, "topic.yaml")]) : [];
  const versions: { major: number; source: Source }[] = [];
  for (const [major, name] of majors) {
    const [source] = reader.readAll([join(dir, name)]);
    if (source !== undefined) versions.push({ major, source });
  }
  return { eventType, dir, settings, versions };
}

/** Some file systems take `Topic.yaml` for it; the ones that production runs on do not. */
const isMisnamed = (name: string): boolean => name !== "topic.yaml" && /^topic\.ya?ml$/i.test(name);

function versionProblem(name: string): string {
  return name.endsWith(".avsc") ? `${name} is no version: expected v1.avsc, v2.avsc …` : NOT_READ;
}

function isSchemaName(name: string): boolean {
  return /\.(avsc|avdl|avpr)$/i.test(name);
}

/** Reads files and folders, and counts them. */
function createReader(tree: Files, problems: CatalogProblem[]) {
  let files = 0;
  const sources = new Map<string, Source>();
  const wrong = (file: string, message: string) => problems.push({ file, line: 1, column: 1, message });

  function list(dir: string, { what, hint } = INNER): readonly FileEntry[] {
    const entries = entriesOf(dir, { what, hint });
    return entries.filter(({ name }) => !name.startsWith("."));
  }

  function entriesOf(dir: string, { what, hint }: typeof INNER): readonly FileEntry[] {
    try {
      const entries = tree.list(dir);
      if (entries !== undefined) return entries;
      problems.push({ file: dir, line: 0, column: 0, message: `there is no folder ${dir}${hint}` });
    } catch (error) {
      // A tree's errors are Node's, which have a code.
      wrong(dir, `can't be read as ${what}: ${(error as NodeJS.ErrnoException).code}${hint}`);
    }
    return [];
  }

  function read(file: string): Source | undefined {
    if (++files > FILES_MAX) {
      if (files === FILES_MAX + 1) wrong(file, `more than ${FILES_MAX} files`);
      return undefined;
    }
    const read = textIn(file);
    const source = sourceOf(file, read?.text ?? "");
    // What can't be read is there all the same: nobody is told that it was removed.
    sources.set(file, source);
    if (read === undefined) return undefined;
    for (const { offset, message } of read.problems) problems.push(problemAt(source, offset, message));
    return source;
  }

  function textIn(file: string): FileText | undefined {
    try {
      const size = tree.size(file);
      if (size > FILE_BYTES_MAX) throw new RangeError(`${size} bytes; the limit is ${FILE_BYTES_MAX}`);
      return textOf(tree.read(file));
    } catch (error) {
      wrong(file, error instanceof RangeError ? error.message : `can't be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  return {
    sources,
    wrong,
    list,
    /** The files that can be read, in the order asked for. */
    readAll: (paths: readonly string[]): Source[] => paths.map(read).filter((source) => source !== undefined),
  };
}

/** A file's text without a byte order mark, and what is wrong with its bytes. */
interface FileText {
  readonly text: string;
  readonly problems: readonly { readonly offset: number; readonly message: string }[];
}

function textOf(bytes: Uint8Array): FileText {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new RangeError("is UTF-16; save it as UTF-8");
  }
  const text = new TextDecoder("utf-8").decode(bytes);
  const problems: FileText["problems"][number][] = [];
  if (first === 0xef && second === 0xbb && bytes[2] === 0xbf) {
    problems.push({ offset: 0, message: "begins with a byte order mark; save it as UTF-8 without one" });
  }
  // What is no UTF-8 is decoded as this character, which may also be there in its own right.
  const replaced = text.indexOf("\uFFFD");
  if (replaced !== -1 && !isUtf8(bytes)) problems.push({ offset: replaced, message: "is not UTF-8 from here on" });
  return { text, problems };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Of a file that its folder lists. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOENT") return "it is a link to what is not there";
  if (code === "ELOOP") return "it is a link that leads back to itself";
  return code;
}
