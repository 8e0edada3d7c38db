import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, normalize, resolve } from "node:path";
import { nearest, parseSchemaText, type Schema, SchemaError } from "../../avro/index.ts";
import { type CatalogReading, type CatalogTopic, readCatalog, type SchemaFile } from "../../catalog/index.ts";
import type { Config } from "../../config.ts";
import { BaseError, type DiffSide, type Git, openGit } from "../../gate/index.ts";
import { CommandFailed } from "../exit.ts";
import type { Io } from "../io.ts";

/** How a schema may be named, for help and errors. */
export const FORMS =
  "a file (schemas/orders.order.created/v1.avsc), a topic, subject or event type (orders.order.created.v1), each of them at a revision of git (main:orders.order.created.v1, or git:main:…), or a version in the registry (registry:orders.order.created.v1@3, or @latest)";

/** A schema that was named, and the subject that it is of where that is known. */
export interface Named extends DiffSide {
  readonly subject: string | undefined;
  /** How it is called here, where it is not what is here now. */
  readonly now?: string;
}

/** What is needed to find schemas. git and the registry are asked when a name says so. */
export interface Places {
  readonly io: Io;
  readonly config: Config;
  readonly reading: CatalogReading;
}

/** Finds the schema that a name means. `other` is the subject of the schema it is compared with, for a bare revision. */
export async function findSide(name: string, places: Places, other?: string): Promise<Named> {
  if (name.startsWith("registry:")) return ofRegistry(name, places);
  const local = ofWorkingTree(name, places);
  if (local !== undefined) return local;
  const inGit = withoutScheme(name);
  const colon = inGit.indexOf(":");
  if (colon > 0) return ofRevision({ revision: inGit.slice(0, colon), path: inGit.slice(colon + 1) }, places);
  if (other !== undefined && (await isRevision(name, places)))
    return ofRevision({ revision: inGit, path: other }, places);
  throw unknownName(name, places);
}

/** A file or a subject as it is now; undefined where there is none of that name. */
function ofWorkingTree(name: string, { reading }: Places): Named | undefined {
  const entry = entryOf(name, reading);
  if (entry !== undefined) return { name, schema: entry.schema, subject: entry.subject };
  const problem = reading.problems.find(({ file }) => resolve(file) === resolve(name));
  if (problem !== undefined) {
    throw new CommandFailed(
      `${name} is no schema: line ${problem.line}, column ${problem.column}: ${problem.message}.`,
    );
  }
  if (!statSync(name, { throwIfNoEntry: false })?.isFile()) return undefined;
  return { name, schema: parsed(name, readFileSync(name, "utf8"), reading), subject: undefined };
}

async function ofRevision(
  { revision, path }: { readonly revision: string; readonly path: string },
  places: Places,
): Promise<Named> {
  const { config } = places;
  const name = `${revision}:${path}`;
  if (path === "")
    throw new CommandFailed(`${name} names no file and no topic behind the colon. A schema is ${FORMS}.`);
  const reading = await withGit(config.schemasDir, places, async (git) => {
    const files = await git.filesAt(revision);
    return readCatalog(config.schemasDir, files);
  });
  const entry = entryOf(path, reading);
  if (entry !== undefined) return { name, schema: entry.schema, subject: entry.subject, now: entry.subject };
  const problem = reading.problems.find(({ file }) => resolve(file) === resolve(path));
  if (problem !== undefined) throw new CommandFailed(`${name} is no schema: line ${problem.line}: ${problem.message}.`);
  const folder = dirname(path);
  if (path.endsWith(".avsc") && existsSync(folder)) {
    const text = await withGit(folder, places, async (git) => textIn(await git.filesAt(revision), normalize(path)));
    if (text !== undefined) return { name, schema: parsed(name, text, reading), subject: undefined, now: path };
  }
  const near = nearest(path, namesIn(reading));
  throw new CommandFailed(
    `${revision} has no schema ${path}${near === undefined ? "" : `; did you mean ${revision}:${near}?`}`,
  );
}

function textIn(files: Awaited<ReturnType<Git["filesAt"]>>, path: string): string | undefined {
  const entry = files.list(dirname(path))?.find(({ name }) => normalize(`${dirname(path)}/${name}`) === path);
  return entry === undefined ? undefined : new TextDecoder().decode(files.read(path));
}

/** `check` calls a revision `git:main`, which is as good here. */
export const withoutScheme = (name: string): string => name.replace(/^git:/, "");

/** Whether a name is a revision of git, and nothing else. */
export async function isRevision(given: string, places: Places): Promise<boolean> {
  const { config, io, reading } = places;
  const name = withoutScheme(given);
  if (name === "" || name.includes(":") || entryOf(given, reading) !== undefined) return false;
  if (statSync(given, { throwIfNoEntry: false })?.isFile()) return false;
  const git = await openGit(config.schemasDir, io.env).catch(() => undefined); // Then it is none.
  return git !== undefined && (await git.commits([name]))[0] !== undefined;
}

/** What fails with git is told as git tells it. */
export async function withGit<T>(dir: string, { io }: Pick<Places, "io">, use: (git: Git) => Promise<T>): Promise<T> {
  try {
    return await use(await openGit(dir, io.env));
  } catch (error) {
    throw withoutBase(error);
  }
}

/** What git says, without the advice of taking another base: here one names two schemas instead. */
export function withoutBase(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const { message, remedy } = error;
  const isOther = remedy.includes("--against");
  const advice = "Without git, name two files, or versions in the registry: registry:orders.order.created.v1@3.";
  return new CommandFailed(isOther ? message.replace(remedy, advice) : message, { cause: error });
}

async function ofRegistry(name: string, { config, reading }: Places): Promise<Named> {
  const [, asked = "", number] = /^registry:(.+?)(?:@([^@]*))?$/.exec(name) ?? [];
  const version = number === undefined || number === "latest" ? "latest" : Number(number);
  if (asked === "" || (version !== "latest" && !(Number.isSafeInteger(version) && version > 0))) {
    throw new CommandFailed(
      `${name}: a version in the registry is written registry:SUBJECT@NUMBER or registry:SUBJECT@latest.`,
    );
  }
  const subject = entryOf(asked, reading)?.subject ?? (/\.v\d+$/.test(asked) ? `${asked}-value` : asked);
  // Only who asks for the registry waits for its client to load.
  const { withRegistry } = await import("../connections.ts");
  const found = await withRegistry(config, async (registry) => ({
    one: await registry.version(subject, version),
    versions: await registry.versions(subject),
  }));
  if (found.one !== undefined) {
    return { name: `version ${found.one.version} in the registry`, schema: found.one.schema, subject, now: subject };
  }
  const known =
    found.versions.length === 0 ? "the registry has no such subject" : `it has ${found.versions.join(", ")}`;
  throw new CommandFailed(`${name}: there is no version ${version} of ${subject}: ${known}.`);
}

/** A text that stands in no folder of schemas. It may use the shared types. */
function parsed(name: string, text: string, { catalog }: CatalogReading): Schema {
  const plain = text.replace(/^\ufeff/, "");
  try {
    return parseSchemaText(plain);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    try {
      return parseSchemaText(
        plain,
        catalog.shared.map(({ schema }) => schema),
      );
    } catch {
      throw new CommandFailed(`${name} is no schema: ${error.problems[0]?.message ?? error.message}.`, {
        cause: error,
      }); // Why it is none by itself says more.
    }
  }
}

/** By file, subject, topic, the name of a shared type, or an event type that has one version. */
export function entryOf(name: string, { catalog }: CatalogReading): SchemaFile | CatalogTopic | undefined {
  const file = resolve(name);
  const named = [...catalog.topics, ...catalog.shared].find(
    (entry) => resolve(entry.file) === file || entry.subject === name || ("topic" in entry && entry.topic === name),
  );
  if (named !== undefined) return named;
  const [only, ...others] = catalog.topics.filter(({ eventType }) => eventType === name);
  return others.length === 0 ? only : undefined;
}

const namesIn = ({ catalog }: CatalogReading): readonly string[] => [
  ...catalog.topics.flatMap(({ topic, file }) => [topic, file]),
  ...catalog.shared.map(({ subject }) => subject),
];

function unknownName(name: string, { reading }: Places): CommandFailed {
  const near = nearest(name, namesIn(reading));
  if (near !== undefined) return new CommandFailed(`there is no schema ${name}; did you mean ${near}?`);
  return new CommandFailed(`there is no schema ${name}. A schema is ${FORMS}.`);
}
