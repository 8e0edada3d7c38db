import type { CatalogReading } from "../../catalog/index.ts";
import type { Io } from "../io.ts";

/** Says which files are no schemas, so that nobody takes them for unchanged: what they are to be cannot be compared. */
export function tellBroken({ problems }: CatalogReading, { io }: { readonly io: Io }): void {
  const broken = problems.filter(({ file }) => file.endsWith(".avsc"));
  for (const { file, line, column, message } of broken) {
    io.err(`${file}:${line}:${column} error SCHEMA_INVALID ${message}; it is compared with nothing\n`);
  }
}
