import { createHmac, randomBytes } from "node:crypto";
import type { Conversation } from "./conversation.ts";
import { plainConversation } from "./plain.ts";
import {
  SCRAM_HASHES,
  type ScramCredential,
  type ScramMechanism,
  scramConversation,
  scramCredential,
} from "./scram.ts";

export interface User {
  readonly username: string;
  readonly password: string;
}

export type Mechanism = "PLAIN" | ScramMechanism;

/** Who may come in, and by which mechanisms. Where there are no users everybody may. */
export interface Users {
  readonly required: boolean;
  readonly mechanisms: readonly string[];
  /** Begins a client's authentication; undefined for a mechanism that is not offered. */
  begin(mechanism: string): Conversation | undefined;
}

const MECHANISMS: readonly Mechanism[] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

/** Lets these users in, by all mechanisms or those that are named. */
export function openUsers(list: readonly User[] = [], mechanisms: readonly Mechanism[] = MECHANISMS): Users {
  const passwords = new Map(list.map(({ username, password }) => [username, password]));
  const offered = list.length === 0 ? [] : mechanisms;
  const begins = new Map(offered.map((mechanism) => [mechanism as string, beginner(mechanism, passwords)]));
  return {
    required: list.length > 0,
    mechanisms: offered,
    begin: (mechanism) => begins.get(mechanism)?.(),
  };
}

function beginner(mechanism: Mechanism, passwords: ReadonlyMap<string, string>): () => Conversation {
  if (mechanism === "PLAIN") return () => plainConversation((username) => passwords.get(username));
  const credentialOf = credentials(mechanism, passwords);
  return () => scramConversation({ mechanism, credentialOf });
}

/**
 * Credentials are made when they are first asked for: making one takes milliseconds, and a broker with many users is to be
 * ready at once. Who does not exist gets a salt that stays the same, and keys that nobody has.
 */
function credentials(
  mechanism: ScramMechanism,
  passwords: ReadonlyMap<string, string>,
): (username: string) => ScramCredential {
  const made = new Map<string, ScramCredential>();
  const secret = randomBytes(32);
  let nobody: ScramCredential | undefined;
  const saltOf = (username: string) =>
    createHmac(SCRAM_HASHES[mechanism], secret).update(username).digest().subarray(0, 16);
  return (username) => {
    const password = passwords.get(username);
    if (password === undefined) {
      nobody ??= scramCredential(mechanism, secret.toString("hex"));
      return { ...nobody, salt: saltOf(username) };
    }
    const credential = made.get(username) ?? scramCredential(mechanism, password, { salt: saltOf(username) });
    made.set(username, credential);
    return credential;
  };
}
