import type { LeafNode } from "../leaf-of.ts";
import { branchName, type EnumNode, type Field, type Node, type RecordNode } from "../schema.ts";
import { createDeclarations } from "./declarations.ts";
import { memberName, type Names, typeNames } from "./names.ts";
import { arrayOf, declared, inline, jsdoc, mapOf, type TypeText, unionOf } from "./text.ts";

/** Types of decoded values. */
export interface Output {
  typeOf(node: Node, suffix: string): TypeText;
  nameOf(node: RecordNode | EnumNode, suffix: string): string;
  declarations(): readonly string[];
}

export function createOutput(names: Names): Output {
  const { texts, nameOf } = createDeclarations<RecordNode | EnumNode>({
    wordsOf,
    name: (node, suffix) => names.take(typeNames(node.name, suffix)),
    write: (name, node, suffix) =>
      node.type === "enum"
        ? enumOf(name, node)
        : recordOf(name, node, (field) => [`readonly ${memberName(field.name)}:`, typeOf(field.type, suffix), []]),
  });
  return { typeOf, nameOf, declarations: () => texts };

  function typeOf(node: Node, suffix: string): TypeText {
    switch (node.type) {
      case "array":
        return arrayOf(typeOf(node.items, suffix));
      case "map":
        return mapOf(typeOf(node.values, suffix));
      case "union":
        return unionOf(
          node.branches.map((branch) => {
            const type = typeOf(branch, suffix);
            return node.wrapped && branch.type !== "null" ? wrapped(branchName(branch), type) : type;
          }),
        );
      case "record":
      case "enum":
        return [nameOf(node, suffix)];
      default:
        return [outputOfLeaf(node)];
    }
  }
}

/** `{ "full.Name": value }`. */
export function wrapped(name: string, type: TypeText): TypeText {
  return [`{ readonly ${memberName(name)}: ${inline(type)} }`];
}

/** What a leaf other than an enum decodes to. */
export function outputOfLeaf(node: Exclude<LeafNode, EnumNode>): string {
  // Decimals, UUIDs and durations are text; without a logical type it is bytes.
  if (node.type === "fixed") return node.logical === undefined ? "Buffer" : "string";
  if (node.bigint) return "bigint";
  switch (node.logical?.kind) {
    case "date":
    case "decimal":
    case "uuid":
      return "string";
    case "timestamp":
    case "local-timestamp":
      // A Date holds milliseconds, and nothing finer.
      return node.logical.unit === "millis" ? "Date" : "number";
    default:
      return PRIMITIVES[node.type];
  }
}

/** A member's head, type and tags for its comment. */
type MemberOf = (field: Field) => readonly [head: string, type: TypeText, tags: readonly string[]];

/** The declaration of a record. */
export function recordOf(name: string, { doc, fields }: RecordNode, memberOf: MemberOf): string {
  const comment = jsdoc(doc, "");
  // An interface without members would take whatever there is.
  if (fields.length === 0) return `${comment}export type ${name} = Readonly<Record<string, never>>;\n`;
  const members = fields.map((field) => {
    const [head, type, tags] = memberOf(field);
    return `${jsdoc(field.doc, "  ", tags)}${declared(head, type, "  ")}\n`;
  });
  return `${comment}export interface ${name} {\n${members.join("")}}\n`;
}

function enumOf(name: string, { doc, symbols }: EnumNode): string {
  return `${jsdoc(doc, "")}${declared(`export type ${name} =`, symbols.map(literal), "")}\n`;
}

/** A text as a type. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

const PRIMITIVES = {
  null: "null",
  boolean: "boolean",
  int: "number",
  long: "number",
  float: "number",
  double: "number",
  bytes: "Buffer",
  string: "string",
} as const;

/** What the declaration of a type says; a name counts where it is told. */
function wordsOf(node: Node): unknown {
  switch (node.type) {
    case "array":
    case "map":
      return node.type;
    case "union":
      return [node.type, node.wrapped && node.branches.map(branchName)];
    case "enum":
      return [node.name, node.doc, node.symbols];
    case "record":
      return [node.name, node.doc, node.fields.map(({ name, doc }) => [name, doc])];
    default:
      return outputOfLeaf(node);
  }
}
