import type { SchemaProblem } from "./errors.ts";
import { fullName } from "./names.ts";
import { nearest } from "./nearest.ts";
import { pointerOf } from "./pointer.ts";
import { type JsonObject, type NamedNode, type Node, PRIMITIVES, type RecordNode, type UnionNode } from "./schema.ts";

/** Words that make a type inside an object, and are no types by themselves. */
export const COMPLEX = new Set(["array", "map", "record", "error", "enum", "fixed", "union"]);

/** Built step by step; once `parseSchema` returns nothing writes to it any more. */
export type Open<T> = { -readonly [K in keyof T]: T[K] };

/** Where a piece of schema stands, and what holds there. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly namespace: string;
  /** The field around it says `"jsType": "bigint"`. */
  readonly bigint: boolean;
  /** Puts the parsed type where it belongs: at once, or when a name used before its definition is known. */
  readonly put: (node: Node) => void;
}

/** What has been found so far. */
export interface Parse {
  /** Named types of the schemas that this one may refer to, by full name. */
  readonly external: ReadonlyMap<string, NamedNode>;
  /** Named types of this one. */
  readonly defined: Map<string, NamedNode>;
  readonly problems: SchemaProblem[];
  /** Names used, to be looked up when everything is defined. */
  readonly references: { readonly name: string; readonly place: Place }[];
  readonly unions: { readonly node: Open<UnionNode>; readonly place: Place }[];
  readonly records: { readonly node: RecordNode; readonly place: Place }[];
  /** Parses a type inside another and puts it in its place. */
  readonly parseType: (json: unknown, place: Place) => void;
  /** Stands where a problem was, so that nothing is said twice. */
  readonly broken: Node;
}

/** Notes a problem, and puts something in the place so that the rest can be checked. */
export function report(parse: Parse, place: Place, message: string, ...below: (string | number)[]): void {
  addProblem(parse.problems, [...place.path, ...below], message);
  place.put(parse.broken);
}

/** How many problems of one schema are listed. */
export const SCHEMA_PROBLEMS_MAX = 1_000;

/** Notes one more, unless there are so many already that nobody reads them. */
export function addProblem(problems: SchemaProblem[], path: readonly (string | number)[], message: string): void {
  if (problems.length < SCHEMA_PROBLEMS_MAX) problems.push({ pointer: pointerOf(path), message });
}

/** The place of what stands under a key. */
export function below(place: Place, put: (node: Node) => void, ...keys: (string | number)[]): Place {
  return { path: [...place.path, ...keys], namespace: place.namespace, bigint: false, put };
}

export function isObject(json: unknown): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Names are compared letter by letter: with more of them, or for more unknown ones, that would take too long. */
const SUGGESTION_NAMES_MAX = 1_000;
export const SUGGESTIONS_MAX = 20;

/** What an unknown name may have been meant to be. */
export function suggestion(parse: Parse, name: string, namespace: string): string {
  if (parse.defined.size + parse.external.size > SUGGESTION_NAMES_MAX) return "";
  const names = [...PRIMITIVES, ...COMPLEX, ...parse.defined.keys(), ...parse.external.keys()];
  const meant = nearest(name, names) ?? nearest(fullName(name, namespace), names);
  return meant === undefined ? "" : `; did you mean \`${meant}\`?`;
}
