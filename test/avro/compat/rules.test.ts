import { expect, test } from "bun:test";
import { join } from "node:path";
import { RULES } from "../../../src/avro/compat/check.ts";
import { checkCompatibility, parseSchemaText } from "../../../src/avro/index.ts";

const folderOf = (id: string): string => id.toLowerCase().replaceAll("_", "-");
const read = (id: string, file: string): Promise<string> => Bun.file(join(import.meta.dir, folderOf(id), file)).text();

test.each(RULES.map(({ id }) => [id]))("%s finds what its two schemas are made for, and says so", async (id) => {
  const [reader, writer] = await Promise.all([read(id, "reader.avsc"), read(id, "writer.avsc")]);
  const found = checkCompatibility(parseSchemaText(reader), parseSchemaText(writer));
  const shown = found.map(({ type, location, message, explanation }) => ({ type, location, message, explanation }));
  expect(shown).toEqual(JSON.parse(await read(id, "expected.json")));
  expect(found.map(({ type }) => type)).toContain(id);
});

test.each(RULES.map(({ id, purpose, source }) => [id, purpose, source]))("%s: %s (%s)", (_id, purpose, source) => {
  expect(purpose).toMatch(/^[A-Z].*\.$/);
  expect(source).not.toBe("");
});
