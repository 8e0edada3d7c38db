import type { Field, Schema } from "../../avro/index.ts";
import type { CatalogReading } from "../../catalog/index.ts";
import type { Fix } from "../model.ts";
import { aliasOf } from "./fields.ts";
import { memberOf, nodeAt, openJson } from "./json-edits.ts";
import { textAt, typeAt } from "./problem.ts";
import { createMoves } from "./similar.ts";

/** A field that is gone, and the record that it was in, in both schemas. */
export interface GoneField {
  readonly older: Schema;
  readonly newer: Schema;
  /** Of the newer schema. */
  readonly file: string;
  /** Keys to the field. */
  readonly olderPath: readonly string[];
  /** Keys to the fields of the record. */
  readonly newerPath: readonly string[];
}

/** What a field that is gone is probably called now, and the alias that keeps what is stored of it. */
export interface Renaming {
  readonly field: Field;
  readonly fix: Fix | undefined;
}

/** Finds new fields that look like fields that are gone. Undefined where none does, or more than one. */
export function createRenames({ places, problems }: CatalogReading): (gone: GoneField) => Renaming | undefined {
  const movesOf = createMoves();
  return ({ older, newer, file, olderPath, newerPath }) => {
    const [was, is] = [typeAt(older.root, olderPath.slice(0, -2)), typeAt(newer.root, newerPath.slice(0, -1))];
    if (was?.type !== "record" || is?.type !== "record" || newerPath.at(-1) !== "fields") return undefined;
    const gone = was.fields[Number(olderPath.at(-1))];
    const { renamedFrom } = movesOf(is, was);
    const known = new Set(was.fields.map(({ name }) => name));
    const found = is.fields.filter((field) => !known.has(field.name) && renamedFrom(field) === gone);
    const [field, second] = found;
    if (gone === undefined || field === undefined || second !== undefined) return undefined;
    const open = (name: string) => {
      const text = places.text(name);
      return text === undefined ? undefined : openJson(name, text);
    };
    const at = textAt({ file, places, open }, [...newerPath, String(is.fields.indexOf(field))]);
    const object = at && nodeAt(at.json, at.keys);
    if (at === undefined || object === undefined || memberOf(object, "name")?.value !== field.name) {
      return { field, fix: undefined };
    }
    const { title, edits } = aliasOf({ json: at.json, object, field }, gone.name);
    // What is not UTF-8 was read with other characters in their place, and must not be written like that.
    const isRight = edits.every((edit) => problems.every((problem) => problem.file !== edit.file));
    return { field, fix: isRight ? { title, edits } : undefined };
  };
}
