import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";

/** Begins a mechanism's conversation, and tells which mechanisms there are where the client asks for another. */
export const saslHandshake = defineHandler(
  MESSAGES.saslHandshake,
  ({ session, users, version }, { mechanism }) => {
    if (session.authenticated || session.conversation) {
      // Who is in already stays; who changes the mechanism half way does not get in.
      session.refused = !session.authenticated;
      return { errorCode: ERROR_CODES.ILLEGAL_SASL_STATE, mechanisms: [] };
    }
    const conversation = users.begin(mechanism);
    session.conversation = conversation && { ...conversation, framed: version > 0 };
    session.refused = conversation === undefined;
    return {
      errorCode: conversation ? ERROR_CODES.NONE : ERROR_CODES.UNSUPPORTED_SASL_MECHANISM,
      mechanisms: users.mechanisms,
    };
  },
  { leftOut: ["GSSAPI, OAUTHBEARER and delegation tokens"] },
);
