import {
  checkCompatibility,
  type Node,
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
  /** Of each record that the question had: null, or why it cannot be read. */
  readonly read?: readonly (string | null)[];
}

/** Where we say otherwise than Apache Avro; nothing where we agree. */
export function differences(texts: Texts, answer: Answer): readonly string[] {
  const ofSchemas = (["reader", "writer"] as const).flatMap((side) => ofSchema(texts[side], answer[side]));
  if (answer.reader.text === undefined || answer.writer.text === undefined) return ofSchemas;
  if (ofSchemas.some((one) => one.startsWith("it stores"))) return ofSchemas;
  const reader = parseSchemaText(texts.reader);
  const found = checkCompatibility(reader, parseSchemaText(texts.writer));
  if (answer.failed !== undefined) {
    const ours = found.find(({ type }) => type === "CHECK_FAILED")?.message;
    return ours === answer.failed ? ofSchemas : [...ofSchemas, `it fails with ${answer.failed}, we with ${ours}`];
  }
  const java = answer.incompatibilities ?? [];
  if (agree(found, java, usesTypesTwice(reader.root))) return ofSchemas;
  const ours = found.map(({ type, location, message }) => ({ type, location, message }));
  return [...ofSchemas, `it finds ${JSON.stringify(java)}, we ${JSON.stringify(ours)}`];
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
function agree(ours: readonly Found[], java: readonly Found[], twice: boolean): boolean {
  const full = ({ type, location, message }: Found) => `${type} ${location} ${message}`;
  const placeless = ({ type, message }: Found) => `${type} ${message}`;
  return same(ours.map(full), java.map(full)) || (twice && same(ours.map(placeless), java.map(placeless)));
}

/** Whether a type is met at several places. */
function usesTypesTwice(root: Node): boolean {
  const seen = new Set<Node>();
  const walk = (node: Node): boolean => {
    if (seen.has(node)) return true;
    seen.add(node);
    return partsOf(node).some(walk);
  };
  return walk(root);
}

function partsOf(node: Node): readonly Node[] {
  if (node.type === "record") return node.fields.map(({ type }) => type);
  if (node.type === "union") return node.branches;
  return node.type === "array" ? [node.items] : node.type === "map" ? [node.values] : [];
}

function same(some: readonly string[], others: readonly string[]): boolean {
  const one = new Set(some);
  const other = new Set(others);
  return one.size === other.size && [...one].every((text) => other.has(text));
}
