import type { Catalog } from "./model.ts";

/** The TypeScript of `schemas/types.ts`: an interface per record, and the topics' entry in `Topics`. */
export function typesOf(catalog: Catalog): string {
  throw new Error(`not written yet: ${catalog.dir}`);
}
