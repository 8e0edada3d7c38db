import type { Field, Node, RecordNode } from "../avro/index.ts";
import { nearest } from "../avro/index.ts";
import type { FieldPath } from "./model.ts";

/** What a field must be for its use in the envelope. */
export interface PathRule {
  readonly use: "key" | "id" | "time";
  /** In words, for the message. */
  readonly expected: string;
  /** An event may come without it. */
  readonly nullable: boolean;
  fits(node: Node): boolean;
}

/** A key decides the partition, so every event has one, and it has one spelling: no floats, no bytes. */
export const KEY: PathRule = {
  use: "key",
  expected: "a string, an enum, an int, a long or a boolean",
  nullable: false,
  fits: (node) => isPlain(node, ["string", "enum", "int", "long", "boolean"]),
};

export const ID: PathRule = {
  use: "id",
  expected: "a string, an int or a long",
  nullable: true,
  fits: (node) => isPlain(node, ["string", "int", "long"]),
};

export const TIME: PathRule = {
  use: "time",
  expected: "a long with logicalType timestamp-millis, timestamp-micros or timestamp-nanos",
  nullable: true,
  fits: (node) => "logical" in node && node.logical?.kind === "timestamp",
};

/** The field at a path, from the outermost in; or what is wrong. */
export function fieldsAt(root: Node, path: FieldPath, rule: PathRule): readonly Field[] | { problem: string } {
  const fields: Field[] = [];
  let node = root;
  for (const [index, name] of path.entries()) {
    const shown = path.slice(0, index + 1).join(".");
    const record = present(node);
    if (record.type !== "record") return { problem: `${path.slice(0, index).join(".")} is no record` };
    if (record !== node && !rule.nullable) return { problem: `${path.slice(0, index).join(".")} may be null` };
    const field = record.fields.find((one) => one.name === name);
    if (field === undefined) {
      return { problem: `the schema has no field ${shown}${hintFor(name, record)}` };
    }
    fields.push(field);
    node = field.type;
  }
  const leaf = present(node);
  const shown = path.join(".");
  if (!rule.fits(leaf)) return { problem: `${shown} must be ${rule.expected}` };
  if (leaf !== node && !rule.nullable) return { problem: `${shown} may be null; a ${rule.use} must always be there` };
  return fields;
}

/** The name that a field has now, or the nearest that there is. */
function hintFor(name: string, { fields }: RecordNode): string {
  const renamed = fields.find(({ aliases }) => aliases.includes(name));
  if (renamed !== undefined) return `; it is called ${renamed.name} now: write that here, too`;
  const near = nearest(
    name,
    fields.map((one) => one.name),
  );
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** A union of null and one other type is that type, if it is there at all. */
export function present(node: Node): Node {
  if (node.type !== "union") return node;
  const others = node.branches.filter((branch) => branch.type !== "null");
  const [only] = others;
  return only !== undefined && others.length === 1 ? only : node;
}

/** Dates, times and amounts have more than one spelling. */
function isPlain(node: Node, types: readonly Node["type"][]): boolean {
  if (!types.includes(node.type)) return false;
  return !("logical" in node) || node.logical === undefined || node.logical.kind === "uuid";
}
