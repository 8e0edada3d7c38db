import type { NamedNode, Node } from "../schema.ts";
import { createSameness } from "./sameness.ts";

/** Types that have a name in TypeScript, each declared once, in the order in which they are met. */
export interface Declarations<Named extends NamedNode> {
  readonly texts: readonly string[];
  /** The type's name; writes its declaration where it is met first. `suffix` is that of the schema around it. */
  nameOf(node: Named, suffix: string): string;
}

interface DeclarationParts<Named extends NamedNode> {
  /** What is told of a type itself; types of one name of which the same is told throughout are one type. */
  readonly wordsOf: (node: Node) => unknown;
  readonly name: (node: Named, suffix: string) => string;
  readonly write: (name: string, node: Named, suffix: string) => string;
}

export function createDeclarations<Named extends NamedNode>(parts: DeclarationParts<Named>): Declarations<Named> {
  const isSame = createSameness(parts.wordsOf);
  const names = new Map<Named, string>();
  /** Those of one full name that differ. */
  const declared = new Map<string, Named[]>();
  const texts: string[] = [];

  return {
    texts,
    nameOf(node, suffix) {
      const name = names.get(node) ?? nameOf(node, suffix);
      names.set(node, name);
      return name;
    },
  };

  function nameOf(node: Named, suffix: string): string {
    const namesakes = declared.get(node.name) ?? [];
    const same = namesakes.find((other) => isSame(node, other));
    const known = same === undefined ? undefined : names.get(same);
    if (known !== undefined) return known;
    const name = parts.name(node, suffix);
    // Both are set before the declaration is written: a record may hold itself.
    names.set(node, name);
    declared.set(node.name, [...namesakes, node]);
    const place = texts.push("") - 1;
    texts[place] = parts.write(name, node, suffix);
    return name;
  }
}
