import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Conversation, failure, principalOf } from "./conversation.ts";

const MECHANISM = "PLAIN";

/** Name and password in one message, as they are (RFC 4616): authorization id, name and password, with zeros between. */
export function plainConversation(passwordOf: (username: string) => string | undefined): Conversation {
  return {
    mechanism: MECHANISM,
    step(bytes) {
      const [authorizationId, username, password, ...more] = bytes.toString("utf8").split("\0");
      if (!username || password === undefined || more.length > 0) throw failure(MECHANISM);
      const expected = passwordOf(username);
      // Nobody learns from the time it takes whether there is such a user.
      const right = sameText(password, expected ?? randomBytes(32).toString("hex"));
      if (!right) throw failure(MECHANISM, username);
      if (authorizationId && authorizationId !== username) throw failure(MECHANISM, username);
      return { reply: Buffer.alloc(0), done: principalOf(username) };
    },
  };
}

/** Compares in a time that depends on neither text: both are hashed under a key that nobody knows. */
function sameText(one: string, other: string): boolean {
  const key = randomBytes(32);
  const hash = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
