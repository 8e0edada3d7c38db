import type { FixedNode, Json, Node, PrimitiveNode, RecordNode, UnionNode } from "../schema.ts";
import { partsOf } from "../schema.ts";

/** How many bytes and values a witness may have. A record of many records, each of them of many, soon has billions. */
export const WITNESS_SIZE_MAX = 100_000;

/** The smallest values of the types in a schema. */
export interface Smallest {
  /** Undefined where no value of the type ends, or none within `WITNESS_SIZE_MAX`. */
  of(node: Node): Json | undefined;
  /** Its size, in bytes and values; Infinity where there is none. */
  sizeOf(node: Node): number;
}

/** How a branch of a union is written in JSON so that it cannot be taken for another one. */
export type InBranch = (union: UnionNode, index: number, value: Json) => Json | undefined;

/** A type that waits for the types inside it. */
interface Waiting {
  readonly node: RecordNode | UnionNode;
  /** How many fields have no size yet, each place counted. */
  open: number;
  size: number;
}

/**
 * Works out the smallest value of each type in a schema. Types get their sizes in the order of their sizes, each once: a
 * record when the last of its fields has one, a union when its first branch has. So recursion is never begun but where
 * it must be, and what never ends gets no size.
 */
export function createSmallest(root: Node, inBranch: InBranch): Smallest {
  const sizes = new Map<Node, number>();
  const chosen = new Map<UnionNode, number>();
  const values = new Map<Node, Json | undefined>();
  settle();
  return { of, sizeOf: (node) => sizes.get(node) ?? Number.POSITIVE_INFINITY };

  function settle(): void {
    const { nodes, users } = usersOf(root);
    const bySize: { readonly node: Node; readonly branch?: number }[][] = [];
    const put = (size: number, node: Node, branch?: number) => {
      if (size > WITNESS_SIZE_MAX) return;
      bySize[size] ??= [];
      bySize[size].push(branch === undefined ? { node } : { node, branch });
    };
    const waiting = new Map<Node, Waiting>();
    for (const node of nodes) {
      if (node.type === "record") waiting.set(node, { node, open: node.fields.length, size: 1 });
      const nothing = node.type === "union" ? node.branches.findIndex(({ type }) => type === "null") : -1;
      // Before others of its size: nothing is smaller than null.
      if (nothing >= 0) put(2, node, nothing);
      else if (node.type !== "union" && (node.type !== "record" || node.fields.length === 0)) put(leafSize(node), node);
    }
    for (let size = 0; size < bySize.length; size++) {
      // It grows while it is walked through: what takes no bytes is of the same size as what it is made of.
      for (const { node, branch } of bySize[size] ?? []) {
        if (sizes.has(node)) continue;
        sizes.set(node, size);
        if (node.type === "union" && branch !== undefined) chosen.set(node, branch);
        for (const user of users.get(node) ?? []) tell(user, node, size);
      }
    }

    function tell(user: RecordNode | UnionNode, node: Node, size: number): void {
      if (user.type === "union") {
        put(size + 1, user, user.branches.indexOf(node));
        return;
      }
      const record = waiting.get(user);
      if (record === undefined) return;
      record.open--;
      record.size += size;
      if (record.open === 0) put(record.size, user);
    }
  }

  function of(node: Node): Json | undefined {
    if (!sizes.has(node)) return undefined;
    if (!values.has(node)) values.set(node, make(node));
    return values.get(node);
  }

  function make(node: Node): Json | undefined {
    switch (node.type) {
      case "array":
        return [];
      case "map":
        return {};
      case "union": {
        const index = chosen.get(node) ?? -1;
        const branch = node.branches[index];
        const value = branch && of(branch);
        return value === undefined ? undefined : inBranch(node, index, value);
      }
      case "record": {
        const fields = node.fields.map(({ name, type }) => [name, of(type)] as const);
        return fields.every(([, value]) => value !== undefined) ? objectOf(fields) : undefined;
      }
      case "enum":
        return node.symbols[0];
      case "fixed":
        return fixedOf(node);
      default:
        return primitiveOf(node);
    }
  }
}

/** An object with these members, also where one is called `__proto__`. */
export function objectOf(members: Iterable<readonly [string, Json | undefined]>): Json {
  // Whoever asks has made sure that each member has a value.
  return Object.fromEntries(members) as Json;
}

/** Every type in a schema, and the records and unions that each stands in, as often as it does. */
function usersOf(root: Node) {
  const nodes = new Set<Node>([root]);
  const users = new Map<Node, (RecordNode | UnionNode)[]>();
  for (const node of nodes) {
    for (const part of partsOf(node)) {
      nodes.add(part);
      if (node.type !== "record" && node.type !== "union") continue;
      const there = users.get(part);
      if (there === undefined) users.set(part, [node]);
      else there.push(node);
    }
  }
  return { nodes, users };
}

const UUID = "00000000-0000-0000-0000-000000000000";

/** Values and bytes of what holds no other value, or need not hold one. */
function leafSize(node: Node): number {
  switch (node.type) {
    case "null":
    case "record":
      return 1;
    case "float":
      return 5;
    case "double":
      return 9;
    case "string":
      return node.logical?.kind === "uuid" ? UUID.length + 2 : 2;
    case "bytes":
      return node.logical?.kind === "decimal" ? 3 : 2;
    case "enum":
      return node.symbols.length === 0 ? Number.POSITIVE_INFINITY : 2;
    case "fixed":
      return 1 + node.size;
    default:
      return 2;
  }
}

function fixedOf({ size, logical }: FixedNode): Json {
  if (logical?.kind === "decimal") return "0";
  if (logical?.kind === "uuid") return UUID;
  if (logical?.kind === "duration") return "PT0S";
  return Buffer.alloc(size).toString("base64");
}

function primitiveOf({ type, logical }: PrimitiveNode): Json {
  if (logical !== undefined) return logicalOf(logical.kind);
  if (type === "null") return null;
  if (type === "boolean") return false;
  return type === "string" || type === "bytes" ? "" : 0;
}

function logicalOf(kind: string): Json {
  switch (kind) {
    case "decimal":
      return "0";
    case "uuid":
      return UUID;
    case "date":
      return "1970-01-01";
    case "time":
      return "00:00:00";
    case "timestamp":
      return "1970-01-01T00:00:00Z";
    default:
      return "1970-01-01T00:00:00"; // A local timestamp.
  }
}
