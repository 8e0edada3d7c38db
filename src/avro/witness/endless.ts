import { type EnumNode, type Node, partsOf } from "../schema.ts";
import { WITNESS_SIZE_MAX } from "./smallest.ts";

/** Why there is no value of the type with something at the end of any of the paths. */
export function whyNone(root: Node, paths: readonly (readonly string[])[]): string {
  const ends = endingIn(root);
  const endless = paths.flatMap((path) => needed(root, path)).find((node) => !ends.has(node));
  if (endless === undefined) {
    return `the least record that shows it has more than ${WITNESS_SIZE_MAX.toLocaleString("en")} bytes and values, or JSON cannot say which branch of a union it is of`;
  }
  if (isEmpty(endless)) return `\`${endless.name}\` has no symbols, so there is no value of it`;
  return `no value of ${nameIn(endless, ends)} ever ends, so nobody can write one`;
}

/** Avro takes an enum without symbols, which nothing can be written as. */
const isEmpty = (node: Node): node is EnumNode => node.type === "enum" && node.symbols.length === 0;

/** The types that have values which end. */
function endingIn(root: Node): ReadonlySet<Node> {
  const nodes = new Set<Node>([root]);
  const users = new Map<Node, Node[]>();
  for (const node of nodes) {
    for (const part of partsOf(node)) {
      nodes.add(part);
      const there = users.get(part);
      if (there === undefined) users.set(part, [node]);
      else there.push(node);
    }
  }
  const open = new Map([...nodes].map((node) => [node, node.type === "record" ? node.fields.length : 0]));
  // Lists and maps may be empty. A union ends where one of its branches does.
  const ends = new Set([...nodes].filter((node) => node.type !== "union" && !isEmpty(node) && open.get(node) === 0));
  for (const node of ends) {
    for (const user of users.get(node) ?? []) {
      const left = (open.get(user) ?? 0) - 1;
      open.set(user, left);
      if (left <= 0) ends.add(user);
    }
  }
  return ends;
}

/** The types of which a value with something at the end of the path must hold values, apart from those around it. */
function needed(root: Node, path: readonly string[]): Node[] {
  const all: Node[] = [];
  let node: Node | undefined = root;
  for (let at = 0; at < path.length && node !== undefined; ) {
    const index: number = Number(path[node.type === "record" ? at + 1 : at]);
    if (node.type === "record") {
      all.push(...node.fields.filter((_, other) => other !== index).map(({ type }) => type));
      node = node.fields[index]?.type;
      at += 3;
    } else {
      node = node.type === "union" ? node.branches[index] : partsOf(node)[0];
      at += 1;
    }
  }
  return node === undefined ? all : [...all, node];
}

/** The record that is meant, for people; a union has no name of its own. */
function nameIn(node: Node, ends: ReadonlySet<Node>): string {
  const named = [node, ...partsOf(node)].find((one) => "name" in one && !ends.has(one));
  return named !== undefined && "name" in named ? `\`${named.name}\`` : "such a type";
}
