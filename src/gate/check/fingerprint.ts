import { createHash } from "node:crypto";
import type { Draft } from "./draft.ts";

/** Twelve hexadecimal digits over what a finding is about. Lines and indexes are not in it, nor what it is compared with. */
export function fingerprintOf({ rule, subject, direction, named, meaning }: Draft): string {
  return createHash("sha256")
    .update([rule, subject, direction ?? "", named, meaning].join("\0"))
    .digest("hex")
    .slice(0, 12);
}
