import { KafkaFault } from "../protocol/index.ts";
import type { Conversation } from "./conversation.ts";

/** What a connection remembers of who is behind it. */
export interface Identity {
  principal: string;
  /** Whether requests are answered: from the start where there are no users. */
  authenticated: boolean;
  /** Somebody has failed to say who they are: the connection is closed when they have been told. */
  refused: boolean;
  /**
   * The mechanism's conversation, once the handshake has chosen one. It is framed where its messages come in
   * SaslAuthenticate; after the first version of the handshake they come as they are, with their size before them.
   */
  conversation: (Conversation & { readonly framed: boolean }) | undefined;
}

/** Takes one message of the conversation and gives the answer; at the last one the connection is the user's. */
export function converse(identity: Identity, bytes: Buffer): Buffer {
  const { conversation, authenticated } = identity;
  try {
    if (!conversation) throw new KafkaFault("ILLEGAL_SASL_STATE", authenticated ? LATE : EARLY);
    const { reply, done } = conversation.step(bytes);
    if (done === undefined) return reply;
    identity.principal = done;
    identity.authenticated = true;
    identity.conversation = undefined;
    return reply;
  } catch (error) {
    identity.conversation = undefined;
    identity.refused = !authenticated;
    throw error;
  }
}

const LATE = "SaslAuthenticate request received after successful authentication";
const EARLY = "SaslAuthenticate request received before SaslHandshake";
