import type { Field, Incompatibility, Node, RecordNode, Schema } from "../../avro/index.ts";
import type { FieldPath, Part, Places } from "../../catalog/index.ts";
import type { Direction, Edit } from "../model.ts";
import type { JsonText } from "./json-edits.ts";
import type { Moves } from "./similar.ts";

/** What is to be mended: a break between two schemas of one subject. */
export interface Problem {
  readonly direction: Direction;
  /** Its reader is the newer schema where the direction is BACKWARD, the older one where it is FORWARD. */
  readonly incompatibility: Incompatibility;
  readonly newer: Schema;
  readonly older: Schema;
  /** Of the newer schema. */
  readonly file: string;
  readonly places: Places;
  /** Where the older schema stands, for bases that have files: what is put back is copied from there. */
  readonly olderSource?: { readonly file: string; readonly places: Places };
  /** The shared types: what is put back may use one that nothing uses any more. */
  readonly shared?: readonly Schema[];
  /** Paths of the fields that make the key: they must always be there. */
  readonly key?: readonly FieldPath[];
  /** What else is compared with: a fix must not break there what it mends here. */
  readonly compared?: Iterable<Compared>;
}

/** An earlier schema that a check compares with as well, and which way. */
export interface Compared {
  readonly older: () => Schema | undefined;
  readonly direction: Direction;
  /** Whether the same break is there too, and has to go as well. */
  readonly isSame: (older: Schema) => boolean;
}

/** A problem, with what is found out as it is asked for. */
export interface Task extends Problem {
  readonly open: (file: string) => JsonText | undefined;
  /** Names of the types that the newer schema has. */
  readonly newerTypes: () => ReadonlySet<string>;
  readonly movesOf: (newer: RecordNode, older: RecordNode) => Moves;
}

/** A fix that has not been tried out. */
export interface Draft {
  /** As a command. */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** The fixes worth trying, in that order. */
export type DraftsFor = (task: Task) => Iterable<Draft>;

/** What an incompatibility says of reader and writer, said of the newer and the older schema. */
export function sidesOf({ direction, incompatibility }: Pick<Problem, "direction" | "incompatibility">) {
  const { readerNode, writerNode, readerPath, writerPath } = incompatibility;
  return direction === "BACKWARD"
    ? { newerNode: readerNode, olderNode: writerNode, newerPath: readerPath, olderPath: writerPath }
    : { newerNode: writerNode, olderNode: readerNode, newerPath: writerPath, olderPath: readerPath };
}

/** The file in which a path into the newer schema ends, as JSON, and the keys in it; undefined where it is not all there. */
export function textAt(
  { file, places, open }: Pick<Task, "file" | "places" | "open">,
  path: readonly string[],
): { readonly json: JsonText; readonly keys: readonly string[] } | undefined {
  const part: Part = places.follow(file, path);
  const last = path.at(-1);
  if (last !== undefined && part.keys.at(-1) !== last) return undefined;
  const json = open(part.file);
  return json && { json, keys: part.keys };
}

/** The fields that a path into a schema leads through, by their names; undefined where it leads through a list, a map or a union. */
export function fieldsOn(root: Node, path: readonly string[]): FieldPath | undefined {
  const names: string[] = [];
  let node: Node | undefined = root;
  for (let at = 0; at < path.length; at += path[at + 2] === "type" ? 3 : 2) {
    if (node?.type !== "record" || path[at] !== "fields") return undefined;
    const field: Field | undefined = node.fields[Number(path[at + 1])];
    if (field === undefined) return undefined;
    names.push(field.name);
    node = field.type;
  }
  return names;
}

/** The type at a path into a schema; undefined where the path leads to none. */
export function typeAt(root: Node, path: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  let field: Field | undefined;
  for (const key of path) {
    if (field !== undefined) {
      if (key === "type") [node, field] = [field.type, undefined];
      else if (node?.type !== "record" || key === "fields") return undefined;
      continue;
    }
    if (node?.type === "record") {
      if (key !== "fields") field = node.fields[Number(key)];
    } else if (node?.type === "union") node = node.branches[Number(key)];
    else if (node?.type === "array") node = node.items;
    else if (node?.type === "map") node = node.values;
    else return undefined;
  }
  return field === undefined ? node : undefined;
}
