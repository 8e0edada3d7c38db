import { defaultOf } from "./defaults.ts";
import { mustWrap } from "./looks.ts";
import { fullName } from "./names.ts";
import { type Open, type Parse, report, SUGGESTIONS_MAX, suggestion } from "./parse-state.ts";
import { recursiveTypes } from "./recursion.ts";
import { branchName, type Field, type Node, partsOf, type RecordNode, type UnionNode } from "./schema.ts";
import { shortened } from "./shown.ts";

/** What can be done only once every name is known: references, unions, recursion, defaults. */
export function finish(parse: Parse): void {
  let unknown = 0;
  for (const { name, place } of parse.references) {
    const known = lookUp(parse, name, place.namespace);
    if (known !== undefined) {
      place.put(known);
    } else {
      const meant = unknown++ < SUGGESTIONS_MAX ? suggestion(parse, name, place.namespace) : "";
      report(parse, place, `unknown type \`${shortened(name)}\`${meant}`);
    }
  }
  for (const { node, place } of parse.unions) {
    const names = new Set<string>();
    for (const [index, branch] of node.branches.entries()) {
      const name = branchName(branch);
      if (branch !== parse.broken && names.has(name)) {
        report(parse, { ...place, put: () => {} }, `a second branch \`${name}\` in one union`, index);
      }
      names.add(name);
    }
    node.wrapped = mustWrap(node.branches);
  }
  const recursive = recursiveTypes(parse.records.map(({ node }) => node));
  for (const { node, place } of parse.records) {
    (node as Open<RecordNode>).recursive = recursive.has(node); // Not yet handed out.
    for (const [index, field] of node.fields.entries()) {
      if (field.attributes.default === undefined) continue;
      if (parse.problems.length > 0 && (field.type === parse.broken || reaches(field.type, parse.broken))) continue;
      const bytes = defaultOf(field.type, field.attributes.default);
      if (typeof bytes === "string") report(parse, { ...place, put: () => {} }, bytes, "fields", index, "default");
      else (field as Open<Field>).default = bytes; // Not yet handed out.
    }
  }
}

/** Works out what a graph of types implies, of which nothing is wrong; defaults that do not fit are left out. */
export function settle(
  unions: readonly { readonly node: Open<UnionNode> }[],
  records: readonly { readonly node: Open<RecordNode> }[],
): void {
  const recursive = recursiveTypes(records.map(({ node }) => node));
  for (const { node } of unions) node.wrapped = mustWrap(node.branches);
  for (const { node } of records) {
    node.recursive = recursive.has(node);
    for (const field of node.fields) {
      const bytes = field.attributes.default === undefined ? "none" : defaultOf(field.type, field.attributes.default);
      if (typeof bytes !== "string") (field as Open<Field>).default = bytes; // Not yet handed out.
    }
  }
}

/** A simple name is looked for in its namespace, then in the null namespace, as Avro Java does. */
function lookUp({ defined, external }: Parse, name: string, namespace: string): Node | undefined {
  const names = [fullName(name, namespace), fullName(name, "")];
  return names.map((full) => defined.get(full) ?? external.get(full)).find((node) => node !== undefined);
}

/** Whether `target` stands inside `node`, at any depth. */
function reaches(node: Node, target: Node, seen = new Set<Node>()): boolean {
  return partsOf(node).some((part) => {
    if (part === target) return true;
    if (seen.has(part)) return false;
    seen.add(part);
    return reaches(part, target, seen);
  });
}
