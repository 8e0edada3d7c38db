/** One setting: where it comes from, what it is when nobody sets it, and what it is for. */
interface Setting<T> {
  readonly variable: string;
  readonly fallback: T;
  readonly help: string;
  /** What a value looks like that `parse` takes. */
  readonly expected: string;
  readonly parse: (text: string) => T;
  /** Shown as `***` wherever settings are printed. */
  readonly secret?: boolean;
}

/** Every setting we have. The README's table and `--help` are printed from it. */
export const SETTINGS = {
  bootstrapServers: list(
    "KAFKA_BOOTSTRAP_SERVERS",
    ["localhost:9092"],
    "Kafka brokers to begin with, comma-separated host:port.",
  ),
  kafkaSsl: flag("KAFKA_SSL", false, "TLS to the brokers: true or false."),
  kafkaSslCa: text(
    "KAFKA_SSL_CA",
    "",
    "Path of a PEM file with the certificate authority of the brokers; the system's where empty.",
  ),
  saslMechanism: oneOf(
    "KAFKA_SASL_MECHANISM",
    ["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
    "SASL mechanism; none where empty.",
  ),
  saslUsername: text("KAFKA_SASL_USERNAME", "", "SASL user name."),
  saslPassword: secret("KAFKA_SASL_PASSWORD", "", "SASL password."),
  compression: oneOf("KAFKA_COMPRESSION", ["none", "gzip", "zstd"], "How the producer compresses batches."),
  registryUrl: url("SCHEMA_REGISTRY_URL", "http://localhost:8081", "Confluent-compatible registry; may have a path."),
  registryUsername: text("SCHEMA_REGISTRY_USERNAME", "", "User name for the registry; none where empty."),
  registryPassword: secret("SCHEMA_REGISTRY_PASSWORD", "", "Password for the registry."),
  registryCa: text(
    "SCHEMA_REGISTRY_CA",
    "",
    "Path of a PEM file with the certificate authority of the registry; the system's where empty.",
  ),
  databaseUrl: database(
    "DATABASE_URL",
    "sqlite://sluice.sqlite",
    "Where workers keep their tables: postgres://… or sqlite://…",
  ),
  schemasDir: text("SLUICE_SCHEMAS", "schemas", "Folder of the event schemas."),
  workersDir: text("SLUICE_WORKERS", "workers", "Folder of the worker declarations."),
  source: text("SLUICE_SOURCE", "/sluice", "CloudEvents source of events whose producer names none."),
  httpHost: text("HTTP_HOST", "0.0.0.0", "Address the HTTP API listens on."),
  httpPort: port("HTTP_PORT", 3000, "Port of the HTTP API. 0 picks a free one."),
  opsPort: port("OPS_PORT", 9464, "Port of a worker's health and metrics. 0 picks a free one."),
  bodyBytesMax: count(
    "HTTP_BODY_BYTES_MAX",
    4_194_304,
    "Largest request body, in bytes; a streamed NDJSON body is limited per line instead.",
  ),
  batchEventsMax: count(
    "HTTP_BATCH_EVENTS_MAX",
    10_000,
    "Most events in one JSON array, or in NDJSON that is not answered as NDJSON.",
  ),
  deliveryTimeoutMs: count(
    "SLUICE_DELIVERY_TIMEOUT_MS",
    10_000,
    "How long an event may wait for Kafka's acknowledgement, in milliseconds.",
  ),
  shutdownTimeoutMs: count(
    "SLUICE_SHUTDOWN_TIMEOUT_MS",
    25_000,
    "How long a stop may take, in milliseconds; keep it under the orchestrator's kill time.",
  ),
  progressTimeoutMs: count(
    "SLUICE_PROGRESS_TIMEOUT_MS",
    300_000,
    "How long a handler may work on one event before the worker counts as stuck, in milliseconds.",
  ),
  logLevel: oneOf("LOG_LEVEL", ["info", "debug", "warn", "error", "silent"], "Least severe lines that are printed."),
} satisfies Record<string, Setting<unknown>>;

export type Config = { readonly [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]["parse"]> };

/** Variables with our prefixes that others read: compose.yaml, the demo and the tests. */
const ELSEWHERE = new Set(["KAFKA_IMAGE", "KAFKA_PORT", "SLUICE_IMAGE", "SLUICE_TEST_CLUSTER"]);

/** Settings that are wrong or unknown, all of them. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads every setting from the environment given. An empty value counts as not set.
 * @throws ConfigError with every value that is wrong and every `SLUICE_*`, `KAFKA_*` or `SCHEMA_REGISTRY_*` name that we do not know.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems = unknownNames(env);
  const config = Object.fromEntries(
    Object.entries<Setting<unknown>>(SETTINGS).map(([name, setting]) => {
      const given = env[setting.variable];
      if (given === undefined || given === "") return [name, setting.fallback];
      try {
        return [name, setting.parse(given)];
      } catch {
        problems.push(
          `${setting.variable}=${setting.secret ? "***" : withoutPassword(given)}: expected ${setting.expected}`,
        );
        return [name, setting.fallback];
      }
    }),
  );
  if (config.saslMechanism && !config.saslUsername) {
    problems.push(`KAFKA_SASL_MECHANISM=${config.saslMechanism}: needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  // Built from SETTINGS entry by entry, so it has each of its names with the type its parser returns.
  return config as Config;
}

/** The settings as the README's table. */
export function settingsTable(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ variable, fallback, help }) => `| \`${variable}\` | ${shown(fallback)} | ${help.replaceAll("|", "\\|")} |`,
  );
  return ["| variable | default | what it is |", "|---|---|---|", ...rows].join("\n");
}

/** `scheme://user:password@host` with the password out, so that a problem can be shown. */
function withoutPassword(given: string): string {
  return given.replace(/(:\/\/[^:/@]*):[^@]*@/, "$1:***@");
}

function shown(fallback: unknown): string {
  const written = Array.isArray(fallback) ? fallback.join(",") : String(fallback);
  return written === "" ? "" : `\`${written}\``;
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.values<Setting<unknown>>(SETTINGS).map(({ variable }) => variable));
  return Object.keys(env)
    .filter((name) => /^(SLUICE|KAFKA|SCHEMA_REGISTRY)_/.test(name) && !known.has(name) && !ELSEWHERE.has(name))
    .map((name) => `${name}: no such setting; \`sluice --help\` lists them.`);
}

function text(variable: string, fallback: string, help: string): Setting<string> {
  return { variable, fallback, help, expected: "text", parse: (given) => given };
}

function secret(variable: string, fallback: string, help: string): Setting<string> {
  return { ...text(variable, fallback, help), secret: true };
}

function flag(variable: string, fallback: boolean, help: string): Setting<boolean> {
  const parse = (given: string) => choice(given, ["true", "false"]) === "true";
  return { variable, fallback, help, expected: "true or false", parse };
}

function list(variable: string, fallback: readonly string[], help: string): Setting<readonly string[]> {
  const parse = (given: string) =>
    given.split(",").map((part) => matching(part.trim(), /^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i));
  return { variable, fallback, help, expected: "host:port, or several with commas between them", parse };
}

function oneOf<const T extends readonly [string, ...string[]]>(
  variable: string,
  among: T,
  help: string,
): Setting<T[number]> {
  return {
    variable,
    fallback: among[0],
    help: `${help} One of ${among.filter(Boolean).join(", ")}.`,
    expected: `one of ${among.filter(Boolean).join(", ")}`,
    parse: (given) => choice(given, among),
  };
}

function url(variable: string, fallback: string, help: string): Setting<string> {
  const parse = (given: string) => matching(new URL(given).href, /^https?:/).replace(/\/$/, "");
  return { variable, fallback, help, expected: "a URL that begins with http:// or https://", parse };
}

function database(variable: string, fallback: string, help: string): Setting<string> {
  const parse = (given: string) => matching(given, /^(postgres(ql)?|sqlite):\/\/./);
  return { variable, fallback, help, expected: "a URL that begins with postgres:// or sqlite://", parse };
}

function port(variable: string, fallback: number, help: string): Setting<number> {
  return { variable, fallback, help, expected: "a port, 0 to 65535", parse: (given) => whole(given, 0, 65_535) };
}

function count(variable: string, fallback: number, help: string): Setting<number> {
  const most = 2 ** 31 - 1;
  return {
    variable,
    fallback,
    help,
    expected: `a whole number, 1 to ${most}`,
    parse: (given) => whole(given, 1, most),
  };
}

function whole(given: string, least: number, most: number): number {
  const number = Number(matching(given, /^\d+$/));
  if (number < least || number > most) throw new RangeError(given);
  return number;
}

function matching(given: string, pattern: RegExp): string {
  if (!pattern.test(given)) throw new RangeError(given);
  return given;
}

function choice<const T extends readonly string[]>(given: string, among: T): T[number] {
  const found = among.find((one) => one === given);
  if (found === undefined) throw new RangeError(given);
  return found;
}
