import { type Node, partsOf } from "../schema.ts";

/** Says of two types whether one declaration is enough for both. */
export type Sameness = (one: Node, other: Node) => boolean;

/**
 * Builds a comparison of types as graphs: two are the same where `wordsOf` says the same of both, and of what they hold,
 * however deep. What was once found to be the same is not looked at again.
 */
export function createSameness(wordsOf: (node: Node) => unknown): Sameness {
  const known = new Pairs();
  return (one, other) => {
    const assumed = new Pairs();
    const same = compare(one, other, assumed);
    // Types that hold themselves are the same as long as nothing differs: only now is that certain.
    if (same) known.addAll(assumed);
    return same;
  };

  function compare(one: Node, other: Node, assumed: Pairs): boolean {
    if (one === other || known.has(one, other) || assumed.has(one, other)) return true;
    assumed.add(one, other);
    const parts = partsOf(one);
    const others = partsOf(other);
    if (parts.length !== others.length || words(one) !== words(other)) return false;
    return parts.every((part, index) => {
      const counterpart = others[index];
      return counterpart !== undefined && compare(part, counterpart, assumed);
    });
  }

  function words(node: Node): string {
    return JSON.stringify([wordsOf(node)]);
  }
}

class Pairs {
  readonly #others = new Map<Node, Set<Node>>();

  has(one: Node, other: Node): boolean {
    return this.#others.get(one)?.has(other) ?? false;
  }

  add(one: Node, other: Node): void {
    const others = this.#others.get(one) ?? new Set();
    this.#others.set(one, others.add(other));
  }

  addAll(pairs: Pairs): void {
    for (const [one, others] of pairs.#others) for (const other of others) this.add(one, other);
  }
}
