import { KafkaFault } from "../protocol/index.ts";

/** One client's way through a mechanism. */
export interface Conversation {
  readonly mechanism: string;
  /**
   * Takes the client's next message, and gives the answer to it. `done` is who the client has proven to be, at the last
   * step. Throws SASL_AUTHENTICATION_FAILED; the conversation is over then.
   */
  step(bytes: Buffer): { readonly reply: Buffer; readonly done: string | undefined };
}

/** The one error of a mechanism: it tells nobody whether a user exists, or what was wrong. */
export const failure = (mechanism: string): KafkaFault =>
  new KafkaFault(
    "SASL_AUTHENTICATION_FAILED",
    mechanism === "PLAIN"
      ? "Authentication failed: Invalid username or password"
      : `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`,
  );

/** Who is let in, as Kafka writes it. */
export const principalOf = (username: string): string => `User:${username}`;
