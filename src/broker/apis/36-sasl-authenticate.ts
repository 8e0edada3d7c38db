import { defineHandler } from "../parts.ts";
import { KafkaFault, MESSAGES } from "../protocol/index.ts";
import { converse, LoginFailed } from "../sasl/index.ts";

/** Takes one message of the mechanism, and answers it. Whoever fails is told so, and the connection is closed. */
export const saslAuthenticate = defineHandler(
  MESSAGES.saslAuthenticate,
  ({ session, clientHost, emit }, { authBytes }) => {
    try {
      return { errorCode: 0, errorMessage: "", authBytes: converse(session, authBytes), sessionLifetimeMs: 0n };
    } catch (error) {
      if (!(error instanceof KafkaFault)) throw error;
      if (error instanceof LoginFailed) {
        emit("broker.login.failed", { clientHost, mechanism: error.mechanism, username: error.username });
      }
      return { errorCode: error.code, errorMessage: error.message, authBytes: Buffer.alloc(0) };
    }
  },
  { leftOut: ["authenticating again on one connection (KIP-368): a session has no end"] },
);
