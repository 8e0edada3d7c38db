import type { Emit } from "../events.ts";
import type { Faults } from "./faults/index.ts";
import type { Groups } from "./groups/index.ts";
import type { Limits } from "./limits.ts";
import type { Files } from "./log/index.ts";
import type { Nodes } from "./nodes.ts";
import type { Api, RequestOf, ResponseInput } from "./protocol/index.ts";
import type { Identity, Users } from "./sasl/index.ts";
import type { Topics } from "./topics.ts";
import type { Transactions } from "./transactions/index.ts";

/** What the handlers of requests work on. There is one of each in a broker, whatever the number of nodes it poses as. */
export interface Parts {
  readonly clusterId: string;
  /** Milliseconds since 1970; tests hand in a clock of their own. */
  readonly now: () => number;
  readonly limits: Limits;
  /** Whether a topic is made by asking for it. Off by default, as a misspelt name is a topic otherwise. */
  readonly autoCreateTopics: boolean;
  readonly files: Files;
  readonly nodes: Nodes;
  readonly topics: Topics;
  readonly groups: Groups;
  readonly transactions: Transactions;
  readonly users: Users;
  readonly faults: Faults;
  readonly emit: Emit;
}

/** Who asks, in which version, and of which node. */
export interface RequestContext extends Parts {
  readonly nodeId: number;
  readonly version: number;
  readonly clientId: string | null;
  /** The client's address, as Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string;
  /** State that lives as long as the connection: who has authenticated. */
  readonly session: Session;
  /** Aborted when the connection is closed: whoever waits for its client need not any more. */
  readonly signal: AbortSignal;
}

/** What a connection remembers from one request to the next. Only the handlers of SASL write to it. */
export interface Session extends Identity {
  readonly id: number;
}

/** How one request is answered. `undefined` answers nothing, as Produce with acks=0 does. */
export interface Handler<A extends Api = Api> {
  readonly api: A;
  /** What of Kafka's behaviour is not there, for the table in the README. */
  readonly leftOut: readonly string[];
  handle(context: RequestContext, request: RequestOf<A>): Answer<A> | Promise<Answer<A>>;
}

export type Answer<A extends Api> = ResponseInput<A> | undefined;

/** Ties a handler to its message. */
export const defineHandler = <A extends Api>(
  api: A,
  handle: Handler<A>["handle"],
  { leftOut = [] }: { readonly leftOut?: readonly string[] } = {},
): Handler<A> => ({ api, leftOut, handle });
