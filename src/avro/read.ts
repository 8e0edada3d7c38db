import { bytesMin } from "./bytes-min.ts";
import type { Cursor } from "./cursor.ts";
import type { LeafNode } from "./leaf-of.ts";
import { namesMatch } from "./names.ts";
import { resolveLeaf } from "./read-leaf.ts";
import { resolveRecord } from "./read-record.ts";
import { branchName, type Node, type UnionNode } from "./schema.ts";

/** Reads one value of the writer's in the reader's shape. */
export type Read = (cursor: Cursor) => unknown;

/** What is known while a writer's schema is resolved against a reader's (Avro spec, Schema resolution). */
export interface Resolution {
  /** Why the reader cannot read it. */
  readonly reasons: string[];
  /** Records already met together; recursive ones are met again while they are compiled. */
  readonly pairs: Map<Node, Map<Node, Read | undefined>>;
  /** What moves past a value of the writer's; each type is compiled once, in whichever records it is skipped. */
  readonly skip: (node: Node) => Read;
}

/** The reader of a writer's type, or undefined where a reason has been given. `at` is the place, as messages show it. */
export function resolve(writer: Node, reader: Node, at: string, resolution: Resolution): Read | undefined {
  if (writer.type === "union") return ofWriterUnion(writer, reader, at, resolution);
  if (reader.type === "union") return ofReaderUnion(writer, reader, at, resolution);
  if (writer.type === "record" && reader.type === "record")
    return resolveRecord(writer, reader, at, resolution, resolve);
  if (writer.type === "array" && reader.type === "array") {
    return ofArray(bytesMin(writer.items), resolve(writer.items, reader.items, `${at}/[]`, resolution));
  }
  if (writer.type === "map" && reader.type === "map") {
    return ofMap(1 + bytesMin(writer.values), resolve(writer.values, reader.values, `${at}/{}`, resolution));
  }
  const read = isLeaf(writer) && isLeaf(reader) ? resolveLeaf(writer, reader) : undefined;
  if (typeof read === "function") return read;
  return refuse(resolution, at, read ?? `${nameOf(writer)} cannot be read as ${nameOf(reader)}`);
}

/** Gives a reason. */
export function refuse(resolution: Resolution, at: string, reason: string): undefined {
  resolution.reasons.push(at === "" ? reason : `${at}: ${reason}`);
}

/** A type as reasons name it. */
export function nameOf(node: Node): string {
  return "name" in node ? `${node.type} ${node.name}` : node.type;
}

function isLeaf(node: Node): node is LeafNode {
  return node.type !== "array" && node.type !== "map" && node.type !== "union" && node.type !== "record";
}

function ofArray(itemBytesMin: number, item: Read | undefined): Read | undefined {
  if (item === undefined) return undefined;
  return (cursor) => {
    const items: unknown[] = [];
    for (let count = cursor.readBlock(itemBytesMin); count > 0; count = cursor.readBlock(itemBytesMin)) {
      for (let index = 0; index < count; index++) items.push(item(cursor));
    }
    return items;
  };
}

function ofMap(entryBytesMin: number, each: Read | undefined): Read | undefined {
  if (each === undefined) return undefined;
  return (cursor) => {
    const map: Record<string, unknown> = {};
    for (let count = cursor.readBlock(entryBytesMin); count > 0; count = cursor.readBlock(entryBytesMin)) {
      for (let index = 0; index < count; index++) {
        const key = cursor.readString();
        if (key === "__proto__") define(map, key, each(cursor));
        else map[key] = each(cursor);
      }
    }
    return map;
  };
}

/** An assignment to `__proto__` would set the prototype instead. */
function define(map: object, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Every branch must be readable: the registry's rules ask for it, and a branch that is not would fail only in production. */
function ofWriterUnion(writer: UnionNode, reader: Node, at: string, resolution: Resolution): Read | undefined {
  const reads = writer.branches.map((branch) => resolve(branch, reader, at, resolution));
  const known = reads.filter((read) => read !== undefined);
  if (known.length < reads.length) return undefined;
  const { length } = known;
  // `readIndex` lets only indexes of branches through.
  return (cursor) => (known[cursor.readIndex(length, "a union")] as Read)(cursor);
}

function ofReaderUnion(writer: Node, reader: UnionNode, at: string, resolution: Resolution): Read | undefined {
  const reasons: string[] = [];
  for (const branch of candidates(writer, reader)) {
    const read = resolve(writer, branch, at, { ...resolution, reasons });
    if (read !== undefined) return inBranch(reader, branch, read);
  }
  if (reasons.length > 0) {
    resolution.reasons.push(...reasons);
    return undefined;
  }
  return refuse(resolution, at, `${nameOf(writer)} is no branch of the reader's union of ${branchesShown(reader)}`);
}

/** How many branches of a union a reason names. */
const BRANCHES_SHOWN_MAX = 20;

function branchesShown({ branches }: UnionNode): string {
  const more = branches.length - BRANCHES_SHOWN_MAX;
  const shown = branches.slice(0, BRANCHES_SHOWN_MAX).map(nameOf).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** As Avro Java chooses: the same type and full name, then one whose name matches, then one to promote to. */
export function candidates(writer: Node, { branches }: UnionNode): readonly Node[] {
  const exact: Node[] = [];
  const named: Node[] = [];
  const promoted: Node[] = [];
  for (const branch of branches) {
    if (branch.type !== writer.type) {
      if (isLeaf(branch) && isLeaf(writer) && typeof resolveLeaf(writer, branch) === "function") promoted.push(branch);
    } else if (branchName(branch) === branchName(writer)) exact.push(branch);
    else if ("name" in branch && "name" in writer && namesMatch(writer, branch)) named.push(branch);
  }
  return [...exact, ...named, ...promoted];
}

function inBranch(reader: UnionNode, branch: Node, read: Read): Read {
  if (!reader.wrapped || branch.type === "null") return read;
  const name = branchName(branch);
  return (cursor) => ({ [name]: read(cursor) });
}
