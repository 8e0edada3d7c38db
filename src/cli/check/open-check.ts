import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { nearest } from "../../avro/index.ts";
import { type CatalogReading, LOCK_FILE, problemText, readCatalog } from "../../catalog/index.ts";
import { type Config, readConfig } from "../../config.ts";
import {
  type Base,
  BaseError,
  checkCatalog,
  type FormatContext,
  type GateSettings,
  type HistoryRegistry,
  openBase,
  type Report,
  readGateSettings,
  type TopicData,
} from "../../gate/index.ts";
import { CommandFailed } from "../exit.ts";
import type { Io } from "../io.ts";
import { declaredReaders } from "./declared-readers.ts";

/** What to check, and what to compare it with. */
export interface CheckRequest {
  /** Subjects, topics or event types; all where it is empty. */
  readonly subjects: readonly string[];
  /** Names of bases; empty for what is there. */
  readonly against: readonly string[];
  /** How many of the newest events of each topic to read with the new schema; none where it is left out. */
  readonly data?: number;
}

/** A check that can be run again after files have changed. */
export interface CheckRun {
  /** Checks the files as they are now. */
  report(): Promise<Report>;
  /** What formats need to know, as of the last report. */
  readonly context: FormatContext;
}

/** Reads everything that a check compares with. The bases and the workers are read once; the schemas each time. */
export async function openCheck(io: Io, { subjects, against, data: count }: CheckRequest): Promise<CheckRun> {
  const config = readConfig(io.env);
  const dir = config.schemasDir;
  const settings = gateSettings(dir);
  const root = repositoryOf(dir);
  const names = against.length > 0 ? [...new Set(against)] : defaultBases(dir, root);
  const parts = {
    dir,
    env: io.env,
    changesOnly: true,
    ...(settings.base !== undefined && { defaultBranch: settings.base }),
  };
  // git runs beside this process: it is started first, and what it says is awaited last.
  const opened = names.map((name) => (name === REGISTRY ? undefined : openBase(name, parts)));
  for (const one of opened) one?.catch(() => undefined); // Awaited below, after what may fail before it.
  let reading = readFolder(dir);
  const { readers, broken: brokenWorkers } = await declaredReaders(io, config.workersDir);
  const bases = await Promise.all(
    opened.map(
      (base) => base ?? withRegistryBase(config, (registry) => openBase(REGISTRY, { ...parts, reading, registry })),
    ),
  ).catch(asFailure);
  let isFirst = true;

  return {
    async report() {
      if (!isFirst) reading = readFolder(dir);
      isFirst = false;
      const only = subjects.length === 0 ? undefined : chosen(subjects, reading, bases);
      const data = count === undefined ? [] : await storedData(io, reading, { config, count, only });
      return checkCatalog({
        reading,
        bases,
        readers,
        brokenWorkers,
        settings,
        today: today(),
        data,
        ...(only && { only }),
      });
    },
    context: contextOf(io, {
      command: ["sluice check", ...subjects, ...against.map((base) => `--against ${base}`)].join(" "),
      root,
      text: (file) => reading.places.text(file) ?? textOf(file),
    }),
  };
}

/** What formats need to know of where they are written. */
export function contextOf(
  io: Io,
  { command, root, text }: Pick<FormatContext, "command" | "text"> & { readonly root: string | undefined },
): FormatContext {
  return {
    command,
    text,
    prefix: root === undefined ? "" : prefixFrom(root),
    colours: io.terminal !== undefined && !io.env.NO_COLOR,
    ...(io.terminal && { columns: io.terminal.columns }),
    strict: false,
  };
}

/** Only who asks for stored events waits for Kafka's client to load. */
async function storedData(
  io: Io,
  { catalog }: CatalogReading,
  { config, count, only }: { config: Config; count: number; only: ReadonlySet<string> | undefined },
): Promise<readonly TopicData[]> {
  const { readStored } = await import("./stored-events.ts");
  const topics = catalog.topics.filter(({ subject }) => only?.has(subject) ?? true);
  return readStored(io, topics, { config, count });
}

export function gateSettings(dir: string): GateSettings {
  const { settings, problems } = readGateSettings(dir);
  if (problems.length === 0) return settings;
  throw new CommandFailed(
    `the settings of the check are not usable:\n${problems.map((one) => `  ${problemText(one)}`).join("\n")}`,
  );
}

export function readFolder(dir: string): CatalogReading {
  const reading = readCatalog(dir);
  const missing = reading.problems.find(({ line }) => line === 0);
  // There is nothing to point at: this is no finding.
  if (missing !== undefined) throw new CommandFailed(`${missing.message}.`);
  return reading;
}

const REGISTRY = "registry";

/** Only who compares with the registry waits for its client to load. */
async function withRegistryBase(config: Config, open: (registry: HistoryRegistry) => Promise<Base>): Promise<Base> {
  const { withRegistry } = await import("../connections.ts");
  return withRegistry(config, open);
}

function asFailure(error: unknown): never {
  if (!(error instanceof BaseError)) throw error;
  throw new CommandFailed(error.message, { cause: error });
}

/** Where git is, and what was registered: whichever of the two is there. */
function defaultBases(dir: string, root: string | undefined): readonly string[] {
  const found = [...(root === undefined ? [] : ["git"]), ...(existsSync(join(dir, LOCK_FILE)) ? ["lock"] : [])];
  if (found.length > 0) return found;
  readFolder(dir); // Where there is no such folder, that is what is wrong.
  throw new CommandFailed(
    `there is nothing to compare with: ${dir} is in no git repository and has no ${LOCK_FILE}. Say what to compare with: \`--against FOLDER\`, a copy of the schemas as they were, or \`--against registry\`.`,
  );
}

/** The folder above that git keeps; undefined where there is none. */
export function repositoryOf(dir: string): string | undefined {
  for (let at = resolve(dir); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** From the repository's folder to this one, as in `services/orders/`. */
function prefixFrom(root: string): string {
  const prefix = relative(root, resolve(""));
  return prefix === "" || prefix.startsWith("..") ? "" : `${prefix}/`;
}

/** The subjects that are meant; each may be named by its topic or its event type. */
export function chosen(
  asked: readonly string[],
  { catalog }: CatalogReading,
  bases: readonly Base[],
): ReadonlySet<string> {
  const known = new Set([
    ...catalog.shared.map(({ subject }) => subject),
    ...catalog.topics.map(({ subject }) => subject),
    ...bases.flatMap(({ subjects }) => [...subjects.keys()]),
  ]);
  return new Set(
    asked.flatMap((name) => {
      const meant = [...known].filter((subject) => namesOf(subject).includes(name));
      if (meant.length > 0) return meant;
      const near = nearest(name, [...known].flatMap(namesOf));
      throw new CommandFailed(`${name}: no such subject${near === undefined ? "" : `; did you mean ${near}?`}`);
    }),
  );
}

/** `orders.order.created.v1-value` is also `orders.order.created.v1`, and one of `orders.order.created`. */
function namesOf(subject: string): readonly string[] {
  const topic = /^(.*)\.v\d+-value$/.exec(subject);
  return topic?.[1] === undefined ? [subject] : [subject, subject.slice(0, -"-value".length), topic[1]];
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // A finding about what is gone names a file that is gone.
  }
}

export const today = (): string => new Date().toISOString().slice(0, 10);
