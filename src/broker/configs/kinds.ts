import { KafkaFault } from "../protocol/index.ts";

/** Kafka's numbers for the types of settings, as DescribeConfigs tells them. */
export const CONFIG_TYPES = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const;

export type ConfigType = keyof typeof CONFIG_TYPES;

/** What values a setting takes. */
export interface Kind {
  readonly type: ConfigType;
  /** Throws INVALID_CONFIG in Kafka's words for a text that is no value of this setting. */
  assert(name: string, text: string): void;
}

interface Bounds {
  readonly min?: bigint | number;
  readonly max?: bigint | number;
}

export const int = (bounds: Bounds = {}): Kind => whole("INT", 31n, bounds);
export const long = (bounds: Bounds = {}): Kind => whole("LONG", 63n, bounds);

/** A whole number for which the bounds alone do not say what is taken. */
export const intWhere = (taken: (value: bigint) => boolean, why: string): Kind => ({
  type: "INT",
  assert(name, text) {
    const value = parseWhole("INT", 31n, name, text);
    if (!taken(value)) throw invalid(name, value, why);
  },
});

export const double = ({ min, max }: { readonly min: number; readonly max: number }): Kind => ({
  type: "DOUBLE",
  assert(name, text) {
    const value = parseDouble(name, text);
    // Java writes a whole number with its fraction.
    const shown = Number.isInteger(value) ? value.toFixed(1) : value;
    if (value < min) throw invalid(name, shown, `Value must be at least ${min}`);
    if (value > max) throw invalid(name, shown, `Value must be no more than ${max}`);
  },
});

export const bool: Kind = {
  type: "BOOLEAN",
  assert(name, text) {
    if (/^(true|false)$/i.test(text.trim())) return;
    throw invalid(name, text, "Expected value to be either true or false");
  },
};

/** Any text. */
export const text: Kind = { type: "STRING", assert() {} };
/** A text that is never shown to anybody. */
export const password: Kind = { type: "PASSWORD", assert() {} };

export const oneOf = (...values: readonly string[]): Kind => ({
  type: "STRING",
  assert: (name, given) => assertOneOf(values, name, given.trim()),
});

/** Any texts, separated by commas. */
export const list: Kind = { type: "LIST", assert() {} };

export const listOf = (...values: readonly string[]): Kind => ({
  type: "LIST",
  assert(name, given) {
    const entries = entriesOf(given);
    if (entries.includes("")) throw refused(`Configuration '${name}' values must not be empty.`);
    for (const entry of entries) assertOneOf(values, name, entry);
  },
});

/** Partitions with replicas, or all of them. */
export const throttledReplicas: Kind = {
  type: "LIST",
  assert(name, given) {
    const entries = entriesOf(given);
    if (entries.every((entry) => /^\d+:\d+$/.test(entry)) || entries.join() === "*") return;
    const form = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    const why = `${name} must be the literal '*' or a list of replicas in the following format: ${form}`;
    throw invalid(name, `[${entries.join(", ")}]`, why);
  },
};

/** What a list holds; nothing where it is empty. */
export const entriesOf = (given: string): readonly string[] =>
  given.trim() === "" ? [] : given.split(",").map((entry) => entry.trim());

/** The error for a setting that is refused. */
export const refused = (message: string): KafkaFault => new KafkaFault("INVALID_CONFIG", message);

function whole(type: ConfigType, bits: bigint, { min, max }: Bounds): Kind {
  return {
    type,
    assert(name, given) {
      const value = parseWhole(type, bits, name, given);
      if (min !== undefined && value < min) throw invalid(name, value, `Value must be at least ${min}`);
      if (max !== undefined && value > max) throw invalid(name, value, `Value must be no more than ${max}`);
    },
  };
}

function parseWhole(type: ConfigType, bits: bigint, name: string, given: string): bigint {
  const trimmed = given.trim();
  const value = /^[+-]?\d{1,40}$/.test(trimmed) ? BigInt(trimmed.replace(/^\+/, "")) : undefined;
  if (value !== undefined && value >= -(1n << bits) && value < 1n << bits) return value;
  throw invalid(name, given, `Not a number of type ${type}`);
}

function parseDouble(name: string, given: string): number {
  const value = given.trim() === "" ? Number.NaN : Number(given);
  if (!Number.isNaN(value)) return value;
  throw invalid(name, given, "Not a number of type DOUBLE");
}

function assertOneOf(values: readonly string[], name: string, given: string): void {
  if (!values.includes(given)) throw invalid(name, given, `String must be one of: ${values.join(", ")}`);
}

const invalid = (name: string, shown: unknown, why: string): KafkaFault =>
  refused(`Invalid value ${shown} for configuration ${name}: ${why}`);
