import type { Metadata } from "./metadata.ts";
import type { Reference } from "./model.ts";

/**
 * What a schema is known by, over contexts and registries: the MD5 of its text, references and metadata as a UUID.
 * The same as Confluent's, whose clients may send it along with each message.
 */
export function guidOf(text: string, references: readonly Reference[], metadata: Metadata | undefined): string {
  const hash = new Bun.CryptoHasher("md5").update(text);
  for (const { name, subject, version } of references) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(version);
    hash.update(name).update(subject).update(bytes);
  }
  if (metadata !== undefined) {
    // A byte tells empty metadata from none.
    hash.update(new Uint8Array([1]));
    for (const [name, values] of Object.entries(metadata.tags ?? {})) hash.update([name, ...values].join(""));
    for (const [name, value] of Object.entries(metadata.properties ?? {})) hash.update(name + value);
    for (const name of metadata.sensitive ?? []) hash.update(name);
  }
  const hex = hash.digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A GUID as it is kept, from one with or without dashes, in any case; undefined where it is none. */
export function guidNamed(text: string): string | undefined {
  const hex = text.replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
