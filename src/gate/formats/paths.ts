import { posix } from "node:path";
import type { FormatContext } from "./format.ts";

/** A path as tools want it that stand at the repository's root: relative to that, with slashes. */
export function fromRoot(file: string, { prefix }: Pick<FormatContext, "prefix">): string {
  const slashed = file.replaceAll("\\", "/");
  return posix.isAbsolute(slashed) || prefix === "" ? posix.normalize(slashed) : posix.join(prefix, slashed);
}
