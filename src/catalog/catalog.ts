import type { Catalog } from "./model.ts";

/**
 * Reads the folder of schemas.
 * @throws CatalogError with every problem of every file.
 */
export function loadCatalog(dir: string): Promise<Catalog> {
  throw new Error(`not written yet: ${dir}`);
}
