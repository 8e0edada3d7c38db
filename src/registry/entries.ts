import type { CompatibilityLevel, Schema } from "../avro/index.ts";
import type { Catalog, NamedReference } from "../catalog/index.ts";
import type { Reference } from "./model.ts";

/** What is to be registered under one subject. */
export interface Entry {
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
  readonly text: string;
  readonly references: readonly NamedReference[];
  readonly compatibility: CompatibilityLevel;
  /** The level is the author's word; otherwise it may be raised to what is in force. */
  readonly compatibilityDeclared: boolean;
}

/** Everything that a catalog registers, in an order in which references resolve. */
export function entriesOf({ shared, topics }: Pick<Catalog, "shared" | "topics">): Entry[] {
  return [...shared.map((file) => ({ ...file, compatibilityDeclared: false })), ...topics];
}

/** The references with their versions; undefined while one of them has none. */
export function versioned(
  references: readonly NamedReference[],
  versions: ReadonlyMap<string, number>,
): Reference[] | undefined {
  const found = references.flatMap(({ name, subject }) => {
    const version = versions.get(subject);
    return version === undefined ? [] : [{ name, subject, version }];
  });
  return found.length === references.length ? found : undefined;
}
