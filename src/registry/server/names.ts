import { RegistryFault } from "./faults.ts";

/**
 * Where a subject is: `:.staging:orders` is `orders` in the context `.staging`, everything else is in the context `.`.
 * A name that is empty means the context itself, in config and mode.
 */
export interface SubjectName {
  readonly context: string;
  readonly name: string;
}

export const DEFAULT_CONTEXT = ".";

/** Its config and mode lie beneath those of all contexts. */
export const GLOBAL_CONTEXT = ".__GLOBAL";

/** Stands for all contexts, in prefixes: `:*:`. */
export const EVERY_CONTEXT = "*";

/** As much as the name of a Kafka topic and a record can need together; Confluent has no limit of its own. */
export const SUBJECT_LENGTH_MAX = 1_024;

/** The subject that a text names. */
export function subjectOf(text: string): SubjectName {
  if (text.startsWith(":.")) {
    const end = text.indexOf(":", 2);
    if (end < 0) return { context: text.slice(1), name: "" };
    return { context: text.slice(1, end), name: text.slice(end + 1) };
  }
  if (text.startsWith(":*:")) return { context: EVERY_CONTEXT, name: text.slice(3) };
  return { context: DEFAULT_CONTEXT, name: text };
}

/** How a subject is written: without its context where that is the default one. */
export function textOf({ context, name }: SubjectName): string {
  return context === DEFAULT_CONTEXT ? name : `:${context}:${name}`;
}

/** A subject as it is meant inside a context: one that names no context is in that one. */
export function within(context: string, text: string): string {
  const named = subjectOf(text);
  return textOf(text.startsWith(":.") || text.startsWith(":*:") ? named : { context, name: named.name });
}

/** The context that a path or a person names: `staging`, `.staging` and `:.staging:` are one. */
export function contextNamed(text: string): string {
  const bare = text.replace(/^:/, "").replace(/:$/, "");
  if (bare.includes(":")) throw new RegistryFault("BAD_REQUEST", `Context name '${bare}' cannot contain a colon`);
  return bare.startsWith(".") ? bare : `.${bare}`;
}

/** @throws RegistryFault where schemas, or config and mode, can't be kept under this name. */
export function assertSubject(text: string, { forSettings = false }: { forSettings?: boolean } = {}): void {
  const { context, name } = subjectOf(text);
  const reserved = name === "__GLOBAL" || name === "__EMPTY" || (!forSettings && context === GLOBAL_CONTEXT);
  // Java's ISO control characters.
  const readable = text.isWellFormed() && !/\p{Cc}/u.test(text);
  if (!readable || reserved || context === EVERY_CONTEXT || text.length > SUBJECT_LENGTH_MAX) {
    throw new RegistryFault("INVALID_SUBJECT", `The specified subject '${text.slice(0, 200)}' is not a valid.`);
  }
}
