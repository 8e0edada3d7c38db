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

/** Somebody is not let in. Who it was said to be is for the operator; the client is told the message alone. */
export class LoginFailed extends KafkaFault {
  readonly mechanism: string;
  readonly username: string | undefined;

  constructor(message: string, { mechanism, username }: { mechanism: string; username: string | undefined }) {
    super("SASL_AUTHENTICATION_FAILED", message);
    this.mechanism = mechanism;
    this.username = username;
  }
}

/** The one error of a mechanism: it tells no client whether a user exists, or what was wrong. */
export const failure = (mechanism: string, username?: string): LoginFailed =>
  new LoginFailed(
    mechanism === "PLAIN"
      ? "Authentication failed: Invalid username or password"
      : `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`,
    { mechanism, username },
  );

/** Who is let in, as Kafka writes it. */
export const principalOf = (username: string): string => `User:${username}`;
