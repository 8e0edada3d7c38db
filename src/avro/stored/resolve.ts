import { type NamedNode, type Node, partsOf, type RecordNode } from "../schema.ts";
import { shortened } from "../shown.ts";
import { checkDefault, type Looking } from "./defaults.ts";
import { JSON_DEPTH_MAX } from "./json.ts";
import { type Place, report, type StoredParse } from "./parse-state.ts";

/** Puts the definitions in the place of names that were used before them; what is still unknown is a problem. */
export function resolveForwards(parse: StoredParse): void {
  for (const { name, place } of parse.forwards) {
    const found = definitionOf(parse, name);
    place.put(found ?? parse.broken);
    if (found === undefined) report(parse, place, `unknown type \`${shortened(name)}\``);
  }
}

/**
 * Looks at the defaults again, now that all names are known, in the order in which Avro Java does: it copies each record
 * once its parts are copied, and a record that is not yet copied has no fields to look into.
 */
export function checkResolvedDefaults(parse: StoredParse): void {
  const targets = new Map<Node, Node>();
  for (const { name, standIn } of parse.forwards) {
    const found = definitionOf(parse, name);
    if (found !== undefined) targets.set(standIn, found);
  }
  const places = new Map<Node, Place>(parse.records.map(({ node, place }) => [node, place]));
  const copied = new Set<Node>(parse.external.values());
  const begun = new Set<Node>(copied);
  // Avro Java throws there, also where another branch of a union would have done.
  const tripped = new Set<Node>();
  const looking: Looking = {
    resolved: (node) => targets.get(node) ?? node,
    fieldless: (record) => {
      const open = begun.has(record) && !copied.has(record);
      if (open) tripped.add(record);
      return open;
    },
  };
  for (const node of parse.defined.values()) visit(node, new Set(), 0);

  function visit(node: Node, visited: Set<Node>, depth: number): void {
    // What is nested deeper by its names is refused for that, and the stack would not hold it.
    if (depth > JSON_DEPTH_MAX) return;
    const target = targets.get(node);
    if (target !== undefined) {
      if (!begun.has(target)) visit(target, new Set(), depth + 1);
      return;
    }
    if (node.type === "record") visitRecord(node, visited, depth);
    else for (const part of partsOf(node)) visit(part, visited, depth + 1);
  }

  function visitRecord(node: RecordNode, visited: Set<Node>, depth: number): void {
    if (visited.has(node)) return;
    visited.add(node);
    begun.add(node);
    for (const { type } of node.fields) visit(type, visited, depth + 1);
    if (copied.has(node)) return;
    check(node);
    copied.add(node);
  }

  function check(node: RecordNode): void {
    const place = places.get(node);
    for (const [index, { type, attributes }] of node.fields.entries()) {
      const { default: value } = attributes;
      if (value === undefined || place === undefined) continue;
      if ((type.type === "float" || type.type === "double") && typeof value === "string") continue;
      tripped.clear();
      const problem = checkDefault(type, attributes, "default", looking);
      if (tripped.size > 0) {
        report(parse, place, "the default holds a record of a type that is around it", "fields", index, "default");
      } else if (problem !== undefined) report(parse, place, problem, "fields", index, "default");
    }
  }
}

function definitionOf({ external, defined }: StoredParse, name: string): NamedNode | undefined {
  return external.get(name) ?? defined.get(name);
}
