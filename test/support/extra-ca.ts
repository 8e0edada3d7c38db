import { rootCertificates } from "node:tls";

/** The longest text that Linux passes to a program as one argument or variable. */
const ARGUMENT_BYTES_MAX = 120 * 1024;

/**
 * Certificate authorities that this machine trusts beyond the public ones, as NODE_EXTRA_CA_CERTS names them: an image
 * that is built behind a proxy which opens TLS needs them too.
 */
export async function extraCertificates(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const file = env.NODE_EXTRA_CA_CERTS;
  if (!file || !(await Bun.file(file).exists())) return "";
  const bare = (pem: string) => pem.replaceAll(/\s/g, "");
  const known = new Set(rootCertificates.map(bare));
  const found = (await Bun.file(file).text()).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const extra = found.filter((pem) => !known.has(bare(pem))).join("\n");
  if (extra.length > ARGUMENT_BYTES_MAX)
    throw new Error(`${file} has more than ${ARGUMENT_BYTES_MAX} bytes of its own`);
  return extra;
}
