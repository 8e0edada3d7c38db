import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Node, parseSchema } from "../../src/avro/index.ts";
import { recursiveTypes } from "../../src/avro/recursion.ts";
import { namedTypes, partsOf } from "../../src/avro/schema.ts";

/** Whether a type stands inside itself, looked for the slow way. */
function reachesItself(node: Node): boolean {
  const seen = new Set<Node>();
  const open = [...partsOf(node)];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part === node) return true;
    if (!seen.has(part)) open.push(...partsOf(part));
    seen.add(part);
  }
  return false;
}

test("a record is recursive just where one stands inside another of itself", () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const records = Array.from({ length: 8 }, (_, from) => ({
        type: "record",
        name: `T${from}`,
        fields: pairs
          .filter(([one]) => one === from)
          .map(([, to], index) => ({ name: `f${index}`, type: { type: "array", items: `T${to}` } })),
      }));
      const nodes = [...namedTypes(parseSchema(records).root).values()];
      const recursive = recursiveTypes(nodes);
      expect(nodes.map((node) => recursive.has(node))).toEqual(nodes.map(reachesItself));
    }),
  );
});
