import type { Field, RecordNode } from "../schema.ts";

/** Finds the fields of a writer's records, each by its name. */
export class Fields {
  readonly #byName = new Map<RecordNode, ReadonlyMap<string, Field>>();

  /** The writer's fields that a field of the reader's may be made of: by its name, then by its aliases. */
  sources(field: Field, writer: RecordNode): readonly Field[] {
    const names = this.#namesOf(writer);
    // An alias that repeats the name counts as a second hit, as in Avro Java.
    return [field.name, ...new Set(field.aliases)].flatMap((name) => names.get(name) ?? []);
  }

  #namesOf(writer: RecordNode): ReadonlyMap<string, Field> {
    const there = this.#byName.get(writer);
    if (there !== undefined) return there;
    const created = new Map(writer.fields.map((field) => [field.name, field]));
    this.#byName.set(writer, created);
    return created;
  }
}
