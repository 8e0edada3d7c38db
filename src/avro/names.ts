import { PRIMITIVES } from "./schema.ts";

// Avro spec, Names, has ASCII only; Avro Java takes letters of any script, and so registries have them.
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** How many characters a full name, a field's or a symbol may have. */
export const NAME_LENGTH_MAX = 1_000;

/** What is wrong with a name beyond its characters, to follow what it is. */
export function lengthProblem(name: unknown): string {
  return typeof name === "string" && name.length > NAME_LENGTH_MAX ? `: more than ${NAME_LENGTH_MAX} characters` : "";
}

/** Whether this may be the name of a field, a symbol, or one part of a full name. */
export function isName(text: unknown): text is string {
  return typeof text === "string" && text.length <= NAME_LENGTH_MAX && NAME.test(text);
}

/** Whether every part of a full name is a name. */
export function isFullName(text: string): boolean {
  return text.length <= NAME_LENGTH_MAX && text.split(".").every(isName);
}

/** The full name of what is called `name` inside a namespace (Avro spec, Names); "" is the null namespace. */
export function fullName(name: string, namespace: string): string {
  if (PRIMITIVES.has(name)) return name;
  // Java reads a leading dot as "in the null namespace".
  if (name.includes(".")) return name.startsWith(".") ? name.slice(1) : name;
  return namespace === "" ? name : `${namespace}.${name}`;
}

export function simpleName(full: string): string {
  return full.slice(full.lastIndexOf(".") + 1);
}

export function namespaceOf(full: string): string {
  return full.slice(0, Math.max(0, full.lastIndexOf(".")));
}

/** Whether a reader's named type may read a writer's: same simple name, or an alias that is the writer's full name. */
export function namesMatch(
  writer: { readonly name: string },
  reader: { readonly name: string; readonly aliases: readonly string[] },
): boolean {
  return simpleName(writer.name) === simpleName(reader.name) || reader.aliases.includes(writer.name);
}
