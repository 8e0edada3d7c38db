import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes that somebody else wrote: hexadecimal in `test/golden`, below a first line that says who. */
export function golden(path: string): Buffer {
  const [who, ...lines] = readFileSync(join(import.meta.dir, "../golden", path), "utf8").split("\n");
  if (!who?.startsWith("# recorded")) throw new Error(`${path} does not say on its first line who recorded it`);
  return Buffer.from(lines.join(""), "hex");
}
