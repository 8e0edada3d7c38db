import type { Field, RecordNode } from "../schema.ts";

/** A field of the writer's, and where it stands in its record. */
export interface Source {
  readonly field: Field;
  readonly index: number;
}

const NONE: readonly Source[] = [];

/** Finds the fields of a writer's records, each by its name. */
export class Fields {
  readonly #byName = new Map<RecordNode, ReadonlyMap<string, readonly Source[]>>();

  /** The writer's fields that a field of the reader's may be made of: by its name, then by its aliases. */
  sources(field: Field, writer: RecordNode): readonly Source[] {
    const names = this.#namesOf(writer);
    const own = names.get(field.name) ?? NONE;
    if (field.aliases.length === 0) return own;
    // An alias that repeats the name counts as a second hit, as in Avro Java.
    return [...own, ...[...new Set(field.aliases)].flatMap((name) => names.get(name) ?? NONE)];
  }

  #namesOf(writer: RecordNode): ReadonlyMap<string, readonly Source[]> {
    const there = this.#byName.get(writer);
    if (there !== undefined) return there;
    const created = new Map(writer.fields.map((field, index) => [field.name, [{ field, index }]]));
    this.#byName.set(writer, created);
    return created;
  }
}
