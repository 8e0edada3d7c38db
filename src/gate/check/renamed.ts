import type { Field, Incompatibility } from "../../avro/index.ts";

/** The writer's field that was the reader's under its old name, and says so in its aliases. They help no earlier reader. */
export function renamedInWriter({
  type,
  readerNode,
  readerPath,
  writerNode,
}: Incompatibility): { readonly before: Field; readonly now: Field; readonly index: number } | undefined {
  if (type !== "READER_FIELD_MISSING_DEFAULT_VALUE" || readerNode.type !== "record" || writerNode.type !== "record") {
    return undefined;
  }
  const before = readerNode.fields[Number(readerPath.at(-1))];
  const index = writerNode.fields.findIndex(({ aliases }) => before !== undefined && aliases.includes(before.name));
  const now = writerNode.fields[index];
  return before === undefined || now === undefined ? undefined : { before, now, index };
}
