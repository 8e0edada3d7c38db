import type { ErrorName, MESSAGES } from "../protocol/index.ts";

/** A request as `MESSAGES` names it: `produce`, `offsetCommit`. */
export type ApiName = keyof typeof MESSAGES;

/** Which requests something is to go wrong for: those that are all of what is given. Nothing given means every request. */
export interface Match {
  readonly api?: ApiName | readonly ApiName[];
  /** Requests that name this topic. */
  readonly topic?: string;
  /** One partition of the topic. */
  readonly partition?: number;
  readonly clientId?: string;
  /** The node that is asked. */
  readonly node?: number;
  readonly group?: string;
}

/** What goes wrong. */
export type Effect =
  | {
      /**
       * An error instead of an answer. Where the rule names a topic, only what the request says of it, or of its one
       * partition, is refused; the rest of the request goes on as usual.
       */
      readonly answer: ErrorName;
      /** Whether what was asked is done all the same. */
      readonly handled?: boolean;
    }
  | {
      /** The answer says nothing of the rule's topic or partition, and nothing is done for it. */
      readonly omit: true;
    }
  | {
      /**
       * The connection is closed without an answer: before anything is done (`request`), or when it is done and only the
       * answer is missing (`answer`).
       */
      readonly drop: "request" | "answer";
    }
  | {
      /** Something takes long: until the request is looked at, or until the answer to what was done at once is sent. */
      readonly delay: "request" | "answer";
      readonly ms: number;
    };

/** Something that is to go wrong, and how often: once where nothing else is said. */
export type Fault = Match & Effect & { readonly times?: number | "always" };
