import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalog, CatalogError, loadCatalog } from "../../src/catalog/index.ts";

/** A folder of schemas that is gone after the test. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array | object>>) {
  const dir = await mkdtemp(join(tmpdir(), "schemas-"));
  for (const [name, content] of Object.entries(files)) {
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    await Bun.write(join(dir, name), isRaw ? content : JSON.stringify(content));
  }
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

/** The problems of a folder, one per line as people read them, without the folder's own name. */
export async function problemsOf(files: Readonly<Record<string, string | Uint8Array | object>>): Promise<string[]> {
  await using folder = await folderOf(files);
  const error = await loadCatalog(folder.dir).catch((thrown: unknown) => thrown);
  if (error instanceof CatalogError) return error.message.replaceAll(`${folder.dir}/`, "").split("\n");
  if (error instanceof Error) throw error;
  return [];
}

export async function catalogOf(files: Readonly<Record<string, string | object>>): Promise<Catalog> {
  await using folder = await folderOf(files);
  return await loadCatalog(folder.dir);
}

/** A record with fields of these types. */
export const recordOf = (name: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  type: "record",
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});
