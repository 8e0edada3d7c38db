import { statfsSync } from "node:fs";
import type { Parts } from "./parts.ts";

/** How many bytes logs may take in all, and how many of them are free. */
export function roomOf({ files, limits }: Pick<Parts, "files" | "limits">): {
  readonly totalBytes: bigint;
  readonly usableBytes: bigint;
} {
  if (!files.durable) {
    const free = Math.max(limits.memoryBytes - files.bytes, 0);
    return { totalBytes: BigInt(limits.memoryBytes), usableBytes: BigInt(free) };
  }
  const { bsize, blocks, bavail } = statfsSync(files.place, { bigint: true });
  return { totalBytes: bsize * blocks, usableBytes: bsize * bavail };
}
