import { timingSafeEqual } from "node:crypto";
import { RegistryFault } from "./faults.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Asks for one of these users with each request (RFC 7617); for nobody where there are none. */
export type Guard = (authorization: string | null) => void;

/** Builds the guard. It compares digests, in the same time for whatever is sent. */
export function createGuard(users: readonly Credentials[]): Guard {
  const known = users.map(({ username, password }) => digest(`${username}:${password}`));
  return (authorization) => {
    if (known.length === 0) return;
    const [, encoded = ""] = /^basic +(\S+)$/i.exec(authorization?.trim() ?? "") ?? [];
    const sent = digest(Buffer.from(encoded, "base64").toString("utf8"));
    const found = known.filter((one) => timingSafeEqual(one, sent)).length > 0;
    if (!found) throw new RegistryFault("UNAUTHORIZED", "Unauthorized");
  };
}

function digest(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
