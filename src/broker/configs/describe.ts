import type { MESSAGES, ResponseInput } from "../protocol/index.ts";
import { BROKER_CONFIGS } from "./broker.ts";
import type { ConfigDefinition } from "./definition.ts";
import { CONFIG_TYPES, type ConfigType, entriesOf } from "./kinds.ts";
import { TOPIC_CONFIGS } from "./topic.ts";

/** Kafka's numbers for where a value comes from. */
export const CONFIG_SOURCES = { DYNAMIC_TOPIC_CONFIG: 1, STATIC_BROKER_CONFIG: 4, DEFAULT_CONFIG: 5 } as const;

export interface DescribeOptions {
  /** Names that are asked for; all where there are none. */
  readonly names: readonly string[] | null;
  readonly synonyms: boolean;
  readonly documentation: boolean;
}

type Described = ResponseInput<typeof MESSAGES.describeConfigs>["results"][number]["configs"][number];
type Synonym = Described["synonyms"][number];

/** A topic's settings: what it was given itself, and for the rest what the broker has for it. */
export function describeTopic(configs: ReadonlyMap<string, string>, options: DescribeOptions): Described[] {
  return asked(TOPIC_CONFIGS, options).map((definition) => {
    const given = configs.get(definition.name);
    const own = given === undefined ? [] : [value(definition.name, normal(definition, given), "DYNAMIC_TOPIC_CONFIG")];
    return described(definition, [...own, ...ofBroker(definition)], options, false);
  });
}

/** One node's settings: what it was started with, and for the rest Kafka's defaults. */
export function describeBroker(values: ReadonlyMap<string, string>, options: DescribeOptions): Described[] {
  return asked(BROKER_CONFIGS, options).map((definition) => {
    const { name, default: byDefault } = definition;
    const given = values.get(name);
    const own = given === undefined ? [] : [value(name, given, "STATIC_BROKER_CONFIG")];
    return described(definition, [...own, ...(byDefault === null ? [] : [value(name, byDefault)])], options, true);
  });
}

/** The broker's value that a topic falls back to, where the broker names one. */
function ofBroker({ synonym }: ConfigDefinition): readonly Synonym[] {
  const broker = BROKER_CONFIGS.find(({ name }) => name === synonym);
  return broker && broker.default !== null ? [value(broker.name, broker.default)] : [];
}

function described(
  { name, kind, default: byDefault, documentation }: ConfigDefinition,
  synonyms: readonly Synonym[],
  options: DescribeOptions,
  readOnly: boolean,
): Described {
  const secret = kind.type === "PASSWORD";
  const strongest = synonyms[0] ?? value(name, byDefault);
  return {
    name,
    value: secret ? null : (strongest.value ?? null),
    readOnly,
    configSource: strongest.source,
    isSensitive: secret,
    synonyms: options.synonyms ? synonyms.map((one) => (secret ? { ...one, value: null } : one)) : [],
    configType: CONFIG_TYPES[kind.type],
    documentation: options.documentation ? documentation : null,
  };
}

const asked = (definitions: readonly ConfigDefinition[], { names }: DescribeOptions): readonly ConfigDefinition[] =>
  names === null || names.length === 0 ? definitions : definitions.filter(({ name }) => names.includes(name));

const value = (name: string, text: string | null, source: keyof typeof CONFIG_SOURCES = "DEFAULT_CONFIG"): Synonym => ({
  name,
  value: text,
  source: CONFIG_SOURCES[source],
});

/** A value as Kafka shows it: read, and written again. */
const normal = ({ kind }: ConfigDefinition, text: string): string => NORMAL[kind.type]?.(text.trim()) ?? text.trim();

const NORMAL: Partial<Record<ConfigType, (text: string) => string>> = {
  BOOLEAN: (text) => text.toLowerCase(),
  INT: (text) => String(BigInt(text)),
  LONG: (text) => String(BigInt(text)),
  DOUBLE: (text) => (Number.isInteger(Number(text)) ? Number(text).toFixed(1) : String(Number(text))),
  LIST: (text) => entriesOf(text).join(","),
};
