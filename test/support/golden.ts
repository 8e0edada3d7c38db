import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "../golden");

/** Bytes that somebody else wrote: hexadecimal in `test/golden`, below a first line that says who. */
export function golden(path: string): Buffer {
  const [who, ...lines] = readFileSync(join(FOLDER, path), "utf8").split("\n");
  if (!who?.startsWith("# recorded")) throw new Error(`${path} does not say on its first line who recorded it`);
  return Buffer.from(lines.join(""), "hex");
}

/** Every recording below the folder whose path matches, in order. */
export const goldenPaths = (pattern: RegExp): string[] =>
  readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".hex") && pattern.test(path))
    .toSorted();
