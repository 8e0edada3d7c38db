import {
  checkCompatibility,
  parseSchemaText,
  SchemaError,
  schemaText,
  strictProblems,
} from "../../../src/avro/index.ts";
import type { Texts } from "./pairs.ts";

/** What `oracle/Oracle.java` tells of a schema. */
interface OfSchema {
  /** `toString(false)`, where it parses as one that is stored. */
  readonly text?: string;
  readonly unparsable?: string;
  /** Why a registry refuses it as a new one. */
  readonly refused?: string;
}

/** What `oracle/Oracle.java` tells of a pair. */
export interface Answer {
  readonly reader: OfSchema;
  readonly writer: OfSchema;
  readonly incompatibilities?: readonly {
    readonly type: string;
    readonly location: string;
    readonly message: string;
  }[];
  /** What was thrown instead. */
  readonly failed?: string;
}

/** Where we say otherwise than Apache Avro; nothing where we agree. */
export function differences(texts: Texts, answer: Answer): readonly string[] {
  const ofSchemas = (["reader", "writer"] as const).flatMap((side) => ofSchema(texts[side], answer[side]));
  if (answer.reader.text === undefined || answer.writer.text === undefined) return ofSchemas;
  if (ofSchemas.some((one) => one.startsWith("it stores"))) return ofSchemas;
  const found = checkCompatibility(parseSchemaText(texts.reader), parseSchemaText(texts.writer));
  if (answer.failed !== undefined) {
    const ours = found.find(({ type }) => type === "CHECK_FAILED")?.message;
    return ours === answer.failed ? ofSchemas : [...ofSchemas, `it fails with ${answer.failed}, we with ${ours}`];
  }
  const java = answer.incompatibilities ?? [];
  return agree(found, java)
    ? ofSchemas
    : [...ofSchemas, `it finds ${JSON.stringify(java)}, we ${JSON.stringify(found)}`];
}

function ofSchema(text: string, java: OfSchema): readonly string[] {
  // Registries hold schemas with `{"type": "full.Name"}`, which only the newest Avro Java refuses.
  if (java.unparsable?.includes('A schema "type" MUST be') || java.refused?.includes('A schema "type" MUST be'))
    return [];
  const found: string[] = [];
  if (strictProblems(text).length > 0 !== (java.refused !== undefined)) {
    found.push(`as a new schema, it says ${java.refused} of ${text}`);
  }
  const ours = storedText(text);
  if (ours !== java.text) found.push(`it stores ${java.text ?? java.unparsable}, we ${ours}`);
  return found;
}

function storedText(text: string): string | undefined {
  try {
    return schemaText(parseSchemaText(text));
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return undefined;
  }
}

interface Found {
  readonly type: string;
  readonly location: string;
  readonly message: string;
}

/**
 * The same findings at the same places. Avro Java remembers what it found of two types with the place where it first
 * met them: it repeats that where they meet again, and places what it first met in a union as if the union were the
 * root. We say it once, at the place where it counts.
 */
function agree(ours: readonly Found[], java: readonly Found[]): boolean {
  const full = ({ type, location, message }: Found) => `${type} ${location} ${message}`;
  const placeless = ({ type, message }: Found) => `${type} ${message}`;
  return (
    same(ours.map(full), java.map(full)) ||
    (usesTypesTwice(ours, java) && same(ours.map(placeless), java.map(placeless)))
  );
}

/** What Avro Java places wrongly stands, as it says it, at the end of a place of ours. */
function usesTypesTwice(ours: readonly Found[], java: readonly Found[]): boolean {
  return java.every(({ location }) => ours.some((one) => one.location === location || one.location.endsWith(location)));
}

function same(some: readonly string[], others: readonly string[]): boolean {
  const one = new Set(some);
  const other = new Set(others);
  return one.size === other.size && [...one].every((text) => other.has(text));
}
