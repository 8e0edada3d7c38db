/** A type in TypeScript: the branches of a union; one, where it is none. */
export type TypeText = readonly string[];

/** Longer declarations are written one branch on a line. */
const LINE_LENGTH_MAX = 120;

/** The type on one line. */
export function inline(type: TypeText): string {
  return type.join(" | ") || "never";
}

/** One type of several: each branch once, null last, as people write it. */
export function unionOf(types: readonly TypeText[]): TypeText {
  const branches = [...new Set(types.flat())];
  return branches.toSorted((a, b) => Number(a === "null") - Number(b === "null"));
}

/** An array of it. */
export function arrayOf(items: TypeText): TypeText {
  // Both bind weaker than `[]`.
  const weak = items.length > 1 || items[0]?.startsWith("readonly ");
  return [`readonly ${weak ? `(${inline(items)})` : inline(items)}[]`];
}

/** A map to it. */
export function mapOf(values: TypeText): TypeText {
  return [`Readonly<Record<string, ${inline(values)}>>`];
}

/** `head type;` on one line, or with a branch of the union on each. */
export function declared(head: string, type: TypeText, indent: string): string {
  const line = `${indent}${head} ${inline(type)};`;
  if (line.length <= LINE_LENGTH_MAX || type.length < 2) return line;
  return `${indent}${head}${type.map((branch) => `\n${indent}  | ${branch}`).join("")};`;
}

/** A comment that editors show; "" where there is nothing to say. `tags` go on lines of their own. */
export function jsdoc(doc: string | undefined, indent: string, tags: readonly string[] = []): string {
  const said = doc?.trim().split(/\r\n|[\r\n\u2028\u2029]/) ?? [];
  const lines = [...said.filter((line, index) => line !== "" || index > 0), ...tags].map(harmless);
  const [first] = lines;
  if (first === undefined) return "";
  if (lines.length === 1) return `${indent}/** ${first} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** Nothing that a schema says ends the comment around it. */
function harmless(line: string): string {
  return line.replaceAll("*/", "*\\/");
}
