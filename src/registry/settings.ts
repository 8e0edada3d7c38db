import { RegistryError } from "./errors.ts";
import type { RegistrySettings } from "./model.ts";

/** Every number of the client that a caller may set, and what it is otherwise. */
export const DEFAULTS = {
  timeoutMs: 10_000,
  attempts: 4,
  retryDelayMs: 100,
  retryDelayMsMax: 2_000,
  latestTtlMs: 10_000,
  missTtlMs: 5_000,
  schemasMax: 10_000,
  answerBytesMax: 16 * 1024 * 1024,
} as const satisfies { [Name in keyof RegistrySettings]?: number };

export type Limits = { readonly [Name in keyof typeof DEFAULTS]: number };

export interface Endpoint {
  /** No slash at its end, no user name in it. */
  readonly base: string;
  readonly authorization: string | undefined;
}

/** The address and the credentials, which may stand in the URL: `https://name:password@registry`. */
export function endpointOf({ url, username, password }: RegistrySettings): Endpoint {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new RegistryError("NOT_A_REGISTRY", `${withoutSecrets(url)} is no http or https URL`);
  }
  const user = username || decodeURIComponent(parsed.username);
  const secret = password || decodeURIComponent(parsed.password);
  const base = `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
  return { base, authorization: user === "" ? undefined : `Basic ${Buffer.from(`${user}:${secret}`).toBase64()}` };
}

/** Messages end up in logs. */
function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//***@");
}
