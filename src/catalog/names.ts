import { PRIMITIVES } from "../avro/index.ts";

/** A name in a schema, and the JSON pointer to where it stands. */
export interface PlacedName {
  /** The full name. */
  readonly name: string;
  readonly pointer: string;
}

/** The attributes that matter here, of whatever kind they are. */
interface Attributes {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly fields?: unknown;
  readonly items?: unknown;
  readonly values?: unknown;
}

const DEFINITIONS = new Set(["record", "error", "enum", "fixed"]);

/**
 * The full names that a schema defines and those that it uses, in the order of the text (Avro specification, Names).
 * It takes any JSON: what makes no sense is left to the parser to report.
 */
export function namesOf(json: unknown): { defined: PlacedName[]; used: PlacedName[] } {
  const defined: PlacedName[] = [];
  const used: PlacedName[] = [];

  function walk(node: unknown, pointer: string, namespace: string): void {
    if (typeof node === "string") {
      if (!PRIMITIVES.has(node)) used.push({ name: qualified(node, namespace), pointer });
    } else if (Array.isArray(node)) {
      for (const [index, branch] of node.entries()) walk(branch, `${pointer}/${index}`, namespace);
    } else if (isObject(node)) walkObject(node, pointer, namespace);
  }

  function walkObject(node: Attributes, pointer: string, namespace: string): void {
    const { type } = node;
    if (type === "array") walk(node.items, `${pointer}/items`, namespace);
    else if (type === "map") walk(node.values, `${pointer}/values`, namespace);
    else if (typeof type === "string" && DEFINITIONS.has(type)) walkDefinition(node, pointer, namespace);
    else walk(type, `${pointer}/type`, namespace);
  }

  function walkDefinition(node: Attributes, pointer: string, namespace: string): void {
    const name = nameOf(node, namespace);
    if (name !== undefined) defined.push({ name, pointer: `${pointer}/name` });
    const inner = name?.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
    const fields = Array.isArray(node.fields) ? node.fields : [];
    for (const [index, field] of fields.entries()) {
      if (isObject(field)) walk(field.type, `${pointer}/fields/${index}/type`, inner);
    }
  }

  walk(json, "", "");
  return { defined, used };
}

function nameOf(node: Attributes, enclosing: string): string | undefined {
  const { name, namespace } = node;
  if (typeof name !== "string") return undefined;
  return qualified(name, typeof namespace === "string" ? namespace : enclosing);
}

function qualified(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

function isObject(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
