import { COMPATIBILITY_LEVELS, type CompatibilityLevel, isCompatibilityLevel, nearest } from "../avro/index.ts";
import { conflictIn, conflictText } from "./conflict.ts";
import { topicConfig } from "./kafka-config.ts";
import type { FieldPath } from "./model.ts";
import type { CatalogProblem } from "./problems.ts";
import { problemAt, type Source } from "./source.ts";
import { brokenLine, repeatedSettings } from "./yaml-lines.ts";

/** Kafka takes more, but slows down long before. */
const PARTITIONS_MAX = 10_000;
/** A copy per broker; clusters of more brokers than this keep no more copies. */
const REPLICATION_MAX = 100;

/** What `topic.yaml` says. */
export interface TopicSettings {
  readonly description: string;
  readonly owner: string;
  readonly key: readonly FieldPath[];
  readonly idPath: FieldPath | undefined;
  readonly timePath: FieldPath | undefined;
  readonly compatibility: CompatibilityLevel | undefined;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
}

/** `topic.yaml` with the places of its lines. */
export interface TopicFile {
  readonly settings: TopicSettings;
  /** The problem of a setting, at its line. */
  problem(setting: string, message: string): CatalogProblem;
}

/** Thrown by a setting's parser with what is wrong. */
class Wrong extends Error {}

/** Every setting of `topic.yaml`: what it is when nobody writes it, how it is read, and what it is for. */
const SETTINGS = {
  key: {
    fallback: undefined,
    parse: keyPaths,
    help: "Field whose value is the Kafka key: `order_id`, `order.id`; a list for a composite key; null for none. Must be there.",
  },
  id: {
    fallback: undefined,
    parse: path,
    help: "Field where the event carries its own id; without it, each event gets a UUIDv7.",
  },
  time: {
    fallback: undefined,
    parse: path,
    help: "Field where it carries its time, a timestamp; without it, the time of arrival counts.",
  },
  compatibility: {
    fallback: undefined,
    parse: level,
    help: `One of ${COMPATIBILITY_LEVELS.join(", ")}. Without it, BACKWARD or what the registry has, if that promises more.`,
  },
  partitions: {
    fallback: 6,
    parse: (given: unknown) => whole(given, 1, PARTITIONS_MAX),
    help: "Partitions of the topic. May grow, but then keys move to other partitions.",
  },
  replication: {
    fallback: 3,
    parse: (given: unknown) => whole(given, 1, REPLICATION_MAX),
    help: "Brokers that keep a copy.",
  },
  config: { fallback: {}, parse: mapping, help: "Kafka's topic configurations: `retention.ms: 604800000`." },
  description: { fallback: "", parse: text, help: "What has happened when this event is sent." },
  owner: { fallback: "", parse: text, help: "Who answers for it." },
} satisfies Record<string, { fallback: unknown; help: string; parse(given: unknown): unknown }>;

/** The settings as the README's table. */
export function topicSettingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { fallback, help }]) => {
    const isShown = typeof fallback === "number";
    return `| \`${name}\` | ${isShown ? `\`${fallback}\`` : ""} | ${help} |`;
  });
  return ["| setting | default | what it is |", "|---|---|---|", ...rows].join("\n");
}

type Name = keyof typeof SETTINGS;

/** Reads `topic.yaml`. What is wrong goes to `problems`; a setting that is wrong counts as not written. */
export function parseTopicFile(source: Source, problems: CatalogProblem[]): TopicFile {
  const problem = (setting: string, message: string) => problemAt(source, offsetOf(source.text, setting), message);
  const conflict = conflictIn(source.text);
  if (conflict !== undefined) {
    problems.push(problemAt(source, conflict.offset, conflictText(conflict)));
    // One side says at least what the topic is; what is wrong with it is not known before the conflict is resolved.
    return parseTopicFile({ ...source, text: conflict.oneSide }, []);
  }
  const written = parseYaml(source, problems);
  for (const name of Object.keys(written ?? {})) {
    if (name in SETTINGS) continue;
    const near = nearest(name, Object.keys(SETTINGS));
    problems.push(problem(name, `unknown setting ${name}${near === undefined ? "" : `; did you mean ${near}?`}`));
  }
  const read = <N extends Name>(
    name: N,
  ): ReturnType<(typeof SETTINGS)[N]["parse"]> | (typeof SETTINGS)[N]["fallback"] => {
    const { fallback, parse } = SETTINGS[name];
    const given = written?.[name];
    if (given === undefined) return fallback;
    try {
      // The parser of this very name, which a union of parsers hides.
      return parse(given) as ReturnType<(typeof SETTINGS)[N]["parse"]>;
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      problems.push(problem(name, `${name}: ${error.message}`));
      return fallback;
    }
  };
  const settings: TopicSettings = {
    description: read("description"),
    owner: read("owner"),
    key: read("key") ?? [],
    idPath: read("id"),
    timePath: read("time"),
    compatibility: read("compatibility"),
    partitions: read("partitions"),
    replication: read("replication"),
    config: parseConfig(read("config"), (name, message) => problems.push(problem(name, message))),
  };
  if (written !== undefined && !("key" in written)) {
    problems.push(problemAt(source, 0, "key is missing: the field whose value orders the events; null for none"));
  }
  for (const [setting, message] of contradictions(settings)) problems.push(problem(setting, message));
  return { settings, problem };
}

function contradictions({ key, replication, config }: TopicSettings): [setting: string, message: string][] {
  const found: [string, string][] = [];
  const { "cleanup.policy": policy = "delete", "min.insync.replicas": inSync = "1" } = config;
  if (policy.includes("compact") && key.length === 0) {
    found.push(["cleanup.policy", "a compacted topic keeps the last event of each key, and there is no key"]);
  }
  if (Number(inSync) > replication) {
    found.push(["min.insync.replicas", `min.insync.replicas: ${inSync} is more than replication: ${replication}`]);
  }
  return found;
}

function parseConfig(given: object, wrong: (name: string, message: string) => void): Record<string, string> {
  const config: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const parsed = topicConfig(name, value);
    if ("value" in parsed) config[name] = parsed.value;
    else wrong(name, parsed.problem);
  }
  return config;
}

function parseYaml(source: Source, problems: CatalogProblem[]): Record<string, unknown> | undefined {
  let written: unknown;
  try {
    written = Bun.YAML.parse(source.text);
  } catch (error) {
    // Bun's message says what, but not where.
    const message = error instanceof Error ? error.message.replace(/^YAML Parse error: /, "") : String(error);
    problems.push({ file: source.file, line: brokenLine(source.text), column: 1, message: `syntax: ${message}` });
    return undefined;
  }
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    problems.push(problemAt(source, 0, "expected settings, one `name: value` on each line"));
    return undefined;
  }
  for (const offset of repeatedSettings(source.text)) {
    problems.push(problemAt(source, offset, "this setting is here twice"));
  }
  // An object that is no array is a YAML mapping, whose names are strings.
  return written as Record<string, unknown>;
}

/** Where a setting is written: at the beginning of a line, or inside `{ }`. */
function offsetOf(text: string, setting: string): number {
  const name = RegExp.escape(setting);
  const found = new RegExp(`^([ \\t]*|.*[{,][ \\t]*)["']?${name}["']?[ \\t]*:`, "m").exec(text);
  return found === null ? 0 : found.index + (found[1]?.length ?? 0);
}

function text(given: unknown): string {
  if (typeof given !== "string") throw new Wrong(`expected text, found ${shown(given)}`);
  return given;
}

function whole(given: unknown, least: number, most: number): number {
  if (typeof given !== "number" || !Number.isInteger(given) || given < least || given > most) {
    throw new Wrong(`expected a whole number from ${least} to ${most}, found ${shown(given)}`);
  }
  return given;
}

function keyPaths(given: unknown): FieldPath[] {
  if (given === null) return [];
  if (!Array.isArray(given)) return [fieldPath(given)];
  if (given.length === 0) throw new Wrong("expected at least one field; null for no key");
  return given.map(fieldPath);
}

function path(given: unknown): FieldPath | undefined {
  return given === null ? undefined : fieldPath(given);
}

function fieldPath(given: unknown): FieldPath {
  if (typeof given !== "string" || !/^\w+(\.\w+)*$/.test(given)) {
    throw new Wrong(`expected the name of a field (\`order_id\`, \`order.id\`), found ${shown(given)}`);
  }
  return given.split(".");
}

function level(given: unknown): CompatibilityLevel {
  if (isCompatibilityLevel(given)) return given;
  const near = typeof given === "string" ? nearest(given, COMPATIBILITY_LEVELS) : undefined;
  const known = COMPATIBILITY_LEVELS.join(", ");
  throw new Wrong(`${shown(given)} is not one of ${known}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

function mapping(given: unknown): object {
  if (given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) throw new Wrong(`expected settings, found ${shown(given)}`);
  return given;
}

function shown(given: unknown): string {
  // Not JSON.stringify: a YAML alias can hold itself.
  return Bun.inspect(given, { depth: 1 }).slice(0, 60);
}
