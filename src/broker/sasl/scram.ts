import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { type Conversation, failure, principalOf } from "./conversation.ts";

export const SCRAM_HASHES = { "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512" } as const;

export type ScramMechanism = keyof typeof SCRAM_HASHES;

/** RFC 7677 asks for at least this many. */
export const SCRAM_ITERATIONS = 4096;

/** What is kept instead of a password (RFC 5802, 3). */
export interface ScramCredential {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export function scramCredential(
  mechanism: ScramMechanism,
  password: string,
  {
    salt = randomBytes(16),
    iterations = SCRAM_ITERATIONS,
  }: { readonly salt?: Buffer; readonly iterations?: number } = {},
): ScramCredential {
  const hash = SCRAM_HASHES[mechanism];
  const salted = pbkdf2Sync(password, salt, iterations, createHash(hash).digest().length, hash);
  return {
    salt,
    iterations,
    storedKey: createHash(hash)
      .update(hmac(hash, salted, "Client Key"))
      .digest(),
    serverKey: hmac(hash, salted, "Server Key"),
  };
}

export interface ScramOptions {
  readonly mechanism: ScramMechanism;
  /** A user who does not exist has a credential too: one that no password fits. */
  credentialOf(username: string): ScramCredential;
  readonly nonce?: () => string;
}

/**
 * The server's side of SCRAM (RFC 5802): two steps, in which the client proves that it knows the password without
 * sending it, and the server that it knows the client's. Channel binding is not offered.
 */
export function scramConversation({ mechanism, credentialOf, nonce = newNonce }: ScramOptions): Conversation {
  let state: Begun | "first" | "over" = "first";
  return {
    mechanism,
    step(bytes) {
      const before = state;
      // Whatever goes wrong below ends the conversation.
      state = "over";
      if (before === "over") throw failure(mechanism);
      const text = bytes.toString("utf8");
      if (before !== "first") return { reply: finish(mechanism, before, text), done: principalOf(before.username) };
      const begun = begin(mechanism, text, credentialOf, nonce);
      state = begun;
      return { reply: Buffer.from(begun.serverFirst), done: undefined };
    },
  };
}

interface Begun {
  readonly username: string;
  readonly credential: ScramCredential;
  readonly nonce: string;
  /** `c=` of the client's last message must repeat its first words. */
  readonly binding: string;
  readonly clientFirstBare: string;
  readonly serverFirst: string;
}

/** No channel binding, the name to act for if any, the name, the client's nonce, and extensions to be passed over. */
const CLIENT_FIRST =
  /^(?<header>[ny],(?:a=(?<authorizationId>[^,]+))?,)(?<bare>n=(?<name>[^,]+),r=(?<nonce>[!-+\--~]+)(?:,.*)?)$/s;
const CLIENT_FINAL = /^(?<withoutProof>c=(?<binding>[^,]+),r=(?<nonce>[^,]+)(?:,.*)?),p=(?<proof>[A-Za-z0-9+/]+=*)$/s;

function begin(
  mechanism: ScramMechanism,
  clientFirst: string,
  credentialOf: ScramOptions["credentialOf"],
  newNonce: () => string,
): Begun {
  const groups = CLIENT_FIRST.exec(clientFirst)?.groups;
  const username = groups?.name === undefined ? undefined : nameOf(groups.name);
  const { header, authorizationId, bare, nonce } = groups ?? {};
  if (username === undefined || header === undefined || bare === undefined) throw failure(mechanism);
  if (authorizationId !== undefined && nameOf(authorizationId) !== username) throw failure(mechanism, username);
  const credential = credentialOf(username);
  const both = `${nonce}${newNonce()}`;
  return {
    username,
    credential,
    nonce: both,
    binding: Buffer.from(header).toString("base64"),
    clientFirstBare: bare,
    serverFirst: `r=${both},s=${credential.salt.toString("base64")},i=${credential.iterations}`,
  };
}

/** Checks the client's proof, and gives the server's. */
function finish(mechanism: ScramMechanism, begun: Begun, clientFinal: string): Buffer {
  const { withoutProof, binding, nonce, proof } = CLIENT_FINAL.exec(clientFinal)?.groups ?? {};
  if (withoutProof === undefined || proof === undefined) throw failure(mechanism, begun.username);
  if (binding !== begun.binding || nonce !== begun.nonce) throw failure(mechanism, begun.username);
  const hash = SCRAM_HASHES[mechanism];
  const { storedKey, serverKey } = begun.credential;
  const said = `${begun.clientFirstBare},${begun.serverFirst},${withoutProof}`;
  const signature = hmac(hash, storedKey, said);
  const given = Buffer.from(proof, "base64");
  if (given.length !== signature.length) throw failure(mechanism, begun.username);
  const clientKey = Buffer.from(given.map((byte, at) => byte ^ (signature[at] ?? 0)));
  if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey))
    throw failure(mechanism, begun.username);
  return Buffer.from(`v=${hmac(hash, serverKey, said).toString("base64")}`);
}

/** Names carry commas and equals signs escaped; any other escape is no name. */
function nameOf(escaped: string): string | undefined {
  const name = escaped.replace(/=2C/g, ",").replace(/=3D/g, "\0");
  return name.includes("=") ? undefined : name.replaceAll("\0", "=");
}

const newNonce = (): string => randomBytes(24).toString("base64url");

const hmac = (hash: string, key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
