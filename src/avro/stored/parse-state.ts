import type { SchemaProblem } from "../errors.ts";
import { addProblem, type Open } from "../parse-state.ts";
import type { JsonObject, NamedNode, Node, PrimitiveNode, RecordNode, UnionNode } from "../schema.ts";
import { uncopiableOf } from "./properties.ts";

/** Where a piece of schema stands, and what holds there. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly namespace: string;
  /** The field around it says `"jsType": "bigint"`. */
  readonly bigint?: boolean;
  /** Puts the type where it belongs; a second time when a name used before its definition is known. */
  readonly put: (node: Node) => void;
}

/** A name that is used before its definition is complete, and what stands for it until then. */
export interface Forward {
  readonly name: string;
  readonly place: Place;
  /** To Avro Java a record without fields, equal to no other. */
  readonly standIn: RecordNode;
}

export interface StoredParse {
  /** Also looks at what a registry looks at in new schemas only: defaults, and names beyond ASCII. */
  readonly strict: boolean;
  readonly problems: SchemaProblem[];
  readonly external: ReadonlyMap<string, NamedNode>;
  /** In the order in which their definitions were complete. */
  readonly defined: Map<string, NamedNode>;
  readonly forwards: Forward[];
  readonly unions: { readonly node: Open<UnionNode>; readonly place: Place }[];
  readonly records: { readonly node: Open<RecordNode>; readonly place: Place }[];
  /** Stands where a problem was. */
  readonly broken: PrimitiveNode;
  readonly parseType: (holder: object, key: string | number, place: Place) => void;
}

/** Notes a problem beside what stands. */
export function report(parse: StoredParse, place: Place, message: string, ...below: (string | number)[]): void {
  addProblem(parse.problems, [...place.path, ...below], message);
}

/** Notes the properties that Avro Java trips over. */
export function checkProperties(parse: StoredParse, node: Node, place: Place): void {
  for (const key of uncopiableOf(node)) report(parse, place, "a number beyond what 64 bits hold", key);
}

export function below(place: Place, put: (node: Node) => void, ...keys: (string | number)[]): Place {
  return { path: [...place.path, ...keys], namespace: place.namespace, put };
}

/** A text that stands under a key; whatever else stands there counts as nothing, as in Avro Java. */
export function textOf(json: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
