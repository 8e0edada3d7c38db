import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const FIELDS = 5_000;
const TYPES = 200;
const PAIRS = 20_000;

/** A pair of schemas in files, the new one and the old. */
export interface FilePair {
  readonly title: string;
  readonly files: readonly [reader: string, writer: string];
}

/** Writes schemas that are large in one way each; the new one of a pair has a field more. */
export async function writeLarge(dir: string): Promise<readonly FilePair[]> {
  const write = async (name: string, schema: object): Promise<string> => {
    const file = join(dir, `${name}.avsc`);
    await writeFile(file, JSON.stringify(schema, null, 2));
    return file;
  };
  return [
    {
      title: `compat of a schema of ${FIELDS.toLocaleString("en")} fields`,
      files: [await write("wide-new", wide(FIELDS + 1)), await write("wide-old", wide(FIELDS))],
    },
    {
      title: `compat of a recursion of ${TYPES} types`,
      files: [await write("ring-new", ring(true)), await write("ring-old", ring(false))],
    },
  ];
}

/** Pairs for `sluice compat --jsonl`: every third breaks. */
export const pairs = {
  title: `compat --jsonl of ${PAIRS.toLocaleString("en")} pairs`,
  lines: (): string => Array.from({ length: PAIRS }, (_, index) => `${JSON.stringify(pair(index))}\n`).join(""),
};

function pair(index: number) {
  const added = { name: "added", type: "string", ...(index % 3 > 0 && { default: "" }) };
  const schema = wide(5 + (index % 10));
  return { id: index, reader: { ...schema, fields: [...schema.fields, added] }, writer: schema };
}

function wide(count: number) {
  const TYPES_OF_FIELDS = ["string", "long", ["null", "double"], { type: "array", items: "string" }];
  return {
    type: "record",
    name: "load.Wide",
    fields: Array.from({ length: count }, (_, index) => {
      const type = TYPES_OF_FIELDS[index % TYPES_OF_FIELDS.length];
      return {
        name: `field_${index}`,
        type,
        ...(index % 4 === 2 && { default: null }),
        ...(index >= FIELDS && { default: "" }),
      };
    }),
  };
}

/** Each type holds the one before, and the first one holds all of them again. */
function ring(isNew: boolean): object {
  const added = isNew ? [{ name: "added", type: "string", default: "" }] : [];
  const typeAt = (index: number) => ({
    type: "record",
    name: `load.Part${index}`,
    fields: [
      { name: "name", type: "string" },
      { name: "others", type: { type: "array", items: index === 0 ? "load.Ring" : `load.Part${index - 1}` } },
      ...added,
    ],
  });
  const fields = Array.from({ length: TYPES - 1 }, (_, index) => ({ name: `part_${index}`, type: typeAt(index) }));
  return { type: "record", name: "load.Ring", fields };
}
