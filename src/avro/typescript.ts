import {
  branchName,
  type EnumNode,
  type Field,
  type FixedNode,
  type NamedNode,
  type Node,
  type RecordNode,
  type Schema,
  type UnionNode,
} from "./schema.ts";

/** A schema to write types for. */
export interface TypedSchema {
  readonly schema: Schema;
  /** Goes behind the name of a type that differs from another schema's type of the same name: `V2`. */
  readonly suffix: string;
}

/** TypeScript for schemas. */
export interface Typescript {
  /** An interface per record, a union of literals per enum; each once, in the order in which they are met. */
  readonly declarations: string;
  /** The type of each schema's decoded values, in the order given. */
  readonly types: readonly string[];
}

/** Longer unions are written one branch on a line. */
const LINE_LENGTH_MAX = 120;

/** Names that the declarations themselves use, or that no type may have. */
const TAKEN = new Set(["Buffer", "Date", "Readonly", "Record", "Topics", "Array", "Object", "Symbol", "Promise"]);

/** Writes the TypeScript types of decoded values: what `createCodec(schema).decode` returns. Equal types are written once. */
export function typescriptOf(schemas: readonly TypedSchema[]): Typescript {
  const names = new Map<string, string>();
  const used = new Set(TAKEN);
  const declarations: string[] = [];

  function writer(suffix: string) {
    function typeOf(node: Node): string {
      switch (node.type) {
        case "array":
          return `readonly ${grouped(typeOf(node.items))}[]`;
        case "map":
          return `Readonly<Record<string, ${typeOf(node.values)}>>`;
        case "union":
          return unionOf(node);
        case "fixed":
          return fixedOf(node);
        case "record":
        case "enum":
          return nameOf(node);
        default:
          return primitiveOf(node);
      }
    }

    function unionOf({ branches, wrapped }: UnionNode): string {
      const types = branches.map((branch) => {
        if (!wrapped || branch.type === "null") return typeOf(branch);
        return `{ readonly ${memberName(branchName(branch))}: ${typeOf(branch)} }`;
      });
      // Null last, as people write it.
      types.sort((a, b) => Number(a === "null") - Number(b === "null"));
      return [...new Set(types)].join(" | ") || "never";
    }

    /** The name in TypeScript; writes the declaration when it is met first. */
    function nameOf(node: RecordNode | EnumNode): string {
      const identity = identityOf(node);
      const known = names.get(identity);
      if (known !== undefined) return known;
      const name = freeName(node.name, suffix, used);
      used.add(name);
      // Set before the fields are written: a record may hold itself.
      names.set(identity, name);
      const place = declarations.push("") - 1;
      declarations[place] = node.type === "record" ? interfaceOf(name, node) : enumOf(name, node);
      return name;
    }

    function interfaceOf(name: string, { doc, fields }: RecordNode): string {
      const members = fields.map((field) => `${jsdoc(field.doc, "  ")}${memberOf(field)}\n`);
      return `${jsdoc(doc, "")}export interface ${name} {\n${members.join("")}}\n`;
    }

    function memberOf({ name, type }: Field): string {
      return folded(`  readonly ${memberName(name)}:`, typeOf(type), "    ");
    }

    return typeOf;
  }

  const types = schemas.map(({ schema, suffix }) => writer(suffix)(schema.root));
  return { declarations: declarations.join("\n"), types };
}

function enumOf(name: string, { doc, symbols }: EnumNode): string {
  const literals = symbols.map((symbol) => JSON.stringify(symbol)).join(" | ");
  return `${jsdoc(doc, "")}${folded(`export type ${name} =`, literals, "  ")}\n`;
}

/** Decimals, UUIDs and durations are text; without a logical type it is bytes. */
function fixedOf({ logical }: FixedNode): string {
  return logical === undefined ? "Buffer" : "string";
}

function primitiveOf(node: Exclude<Node, NamedNode | UnionNode | { type: "array" | "map" }>): string {
  if (node.bigint) return "bigint";
  const { logical, type } = node;
  switch (logical?.kind) {
    case "date":
    case "decimal":
    case "uuid":
      return "string";
    case "timestamp":
    case "local-timestamp":
      // A Date holds milliseconds, and nothing finer.
      return logical.unit === "millis" ? "Date" : "number";
    default:
      return PRIMITIVES[type];
  }
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

/** Says of two named types whether they are one: the same full name, and the same to whoever reads the declaration. */
function identityOf(root: NamedNode): string {
  const met = new Set<NamedNode>();
  const dump = (node: Node): unknown => {
    switch (node.type) {
      case "array":
        return [node.type, dump(node.items)];
      case "map":
        return [node.type, dump(node.values)];
      case "union":
        return [node.type, node.wrapped, node.branches.map((branch) => [branchName(branch), dump(branch)])];
      case "enum":
        return [node.type, node.name, node.doc, node.symbols];
      case "fixed":
        return [node.type, node.name, fixedOf(node)];
      case "record": {
        if (met.has(node)) return node.name;
        met.add(node);
        return [node.type, node.name, node.doc, node.fields.map(({ name, doc, type }) => [name, doc, dump(type)])];
      }
      default:
        return primitiveOf(node);
    }
  };
  return JSON.stringify(dump(root));
}

/** The simple name where it is free; else with the suffix, with the namespace, with both, with a number. */
function freeName(fullName: string, suffix: string, used: ReadonlySet<string>): string {
  const parts = fullName.split(".").map(pascal);
  const simple = parts.at(-1) ?? "";
  const qualified = parts.join("");
  const wanted = [simple, `${simple}${suffix}`, qualified, `${qualified}${suffix}`];
  const free = wanted.find((name) => !used.has(name));
  if (free !== undefined) return free;
  for (let number = 2; ; number++) {
    const name = `${qualified}${suffix}_${number}`;
    if (!used.has(name)) return name;
  }
}

/** `order_item` and `orderItem` are `OrderItem`. */
function pascal(name: string): string {
  const words = name.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return words.join("") || "_";
}

function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** What binds weaker than `[]`. */
function grouped(type: string): string {
  return /^readonly | \| /.test(type) && !type.startsWith("Readonly<") ? `(${type})` : type;
}

/** A declaration on one line, or with a branch of its union on each. */
function folded(head: string, type: string, indent: string): string {
  const line = `${head} ${type};`;
  if (line.length <= LINE_LENGTH_MAX || !/^[^<({]* \| [^<({]*$/.test(type)) return line;
  const branches = type.split(" | ").map((branch) => `\n${indent}| ${branch}`);
  return `${head}${branches.join("")};`;
}

function jsdoc(doc: string | undefined, indent: string): string {
  const lines = doc?.trim().replaceAll("*/", "*\\/").split(/\r?\n/) ?? [];
  const [first] = lines;
  if (first === undefined || first === "") return "";
  if (lines.length === 1) return `${indent}/** ${first} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}
