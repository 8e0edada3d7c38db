import { getCACertificates } from "node:tls";

/** The longest text that Linux passes to a program as one argument or variable is 128 KiB. */
const ARGUMENT_BYTES_MAX = 120 * 1024;

/**
 * The certificate authorities that this machine trusts beyond those that Bun brings along. An image that is built behind
 * a proxy which opens TLS needs them too, and does not have them.
 */
export function extraCertificates(): string {
  const bare = (pem: string) => pem.replaceAll(/\s/g, "");
  const known = new Set(getCACertificates("bundled").map(bare));
  const extra = getCACertificates("system").filter((pem) => !known.has(bare(pem)));
  const text = extra.map((pem) => pem.trim()).join("\n");
  if (text.length > ARGUMENT_BYTES_MAX) throw new Error(`the system's own certificates are ${text.length} bytes`);
  return text;
}
