import { type Node, partsOf } from "./schema.ts";

interface Visit {
  readonly node: Node;
  readonly order: number;
  /** The earliest that is reached from here and still open. */
  low: number;
  readonly parts: Iterator<Node>;
}

/** The types that hold others. */
const HOLDERS: ReadonlySet<string> = new Set(["record", "array", "map", "union"]);

/**
 * The types that can hold another of themselves: those on a cycle of the graph (Tarjan's strongly connected components,
 * each type looked at once, and without recursion, since whoever writes a schema says how deep it goes).
 */
export function recursiveTypes(roots: Iterable<Node>): ReadonlySet<Node> {
  const recursive = new Set<Node>();
  const visits = new Map<Node, Visit>();
  const open: Visit[] = [];
  const closed = new Set<Node>();
  for (const root of roots) if (!visits.has(root)) walk(root);
  return recursive;

  function walk(root: Node): void {
    const path = [begin(root)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { value, done } = at.parts.next();
      if (done === true) {
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) above.low = Math.min(above.low, at.low);
        if (at.low === at.order) close(at);
        continue;
      }
      // Most types hold no others, and need no visit.
      if (!HOLDERS.has(value.type)) continue;
      const there = visits.get(value);
      if (there === undefined) path.push(begin(value));
      else if (!closed.has(value)) at.low = Math.min(at.low, there.order);
    }
  }

  function begin(node: Node): Visit {
    const visit = { node, order: visits.size, low: visits.size, parts: partsOf(node).values() };
    visits.set(node, visit);
    open.push(visit);
    return visit;
  }

  function close(first: Visit): void {
    const component = open.splice(open.lastIndexOf(first));
    for (const { node } of component) {
      closed.add(node);
      if (component.length > 1 || partsOf(node).includes(node)) recursive.add(node);
    }
  }
}
