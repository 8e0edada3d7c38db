import type { NamedNode } from "../schema.ts";

/** Types that have a name in TypeScript, each declared once, in the order in which they are met. */
export interface Declarations<Named extends NamedNode> {
  readonly texts: readonly string[];
  /** The type's name; writes its declaration where it is met first. `suffix` is that of the schema around it. */
  nameOf(node: Named, suffix: string): string;
}

interface DeclarationParts<Named extends NamedNode> {
  /** Two types with one identity are one type to whoever reads their declaration. */
  readonly identityOf: (node: Named) => string;
  readonly name: (node: Named, suffix: string) => string;
  readonly write: (name: string, node: Named, suffix: string) => string;
}

export function createDeclarations<Named extends NamedNode>(parts: DeclarationParts<Named>): Declarations<Named> {
  const byNode = new Map<Named, string>();
  const byIdentity = new Map<string, string>();
  const texts: string[] = [];

  return {
    texts,
    nameOf(node, suffix) {
      const name = byNode.get(node) ?? nameOf(node, suffix);
      byNode.set(node, name);
      return name;
    },
  };

  function nameOf(node: Named, suffix: string): string {
    const identity = parts.identityOf(node);
    const known = byIdentity.get(identity);
    if (known !== undefined) return known;
    const name = parts.name(node, suffix);
    // Both are set before the declaration is written: a record may hold itself.
    byIdentity.set(identity, name);
    byNode.set(node, name);
    const place = texts.push("") - 1;
    texts[place] = parts.write(name, node, suffix);
    return name;
  }
}
