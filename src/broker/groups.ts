import type { ErrorName, MESSAGES, RequestOf, ResponseInput } from "./protocol/index.ts";

/** How far a group has read in a partition. */
export interface CommittedOffset {
  readonly offset: bigint;
  /** -1 where the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedAt: number;
}

/** What an answer needs to know of who asked. */
export interface Caller {
  readonly version: number;
  readonly clientId: string | null;
  readonly clientHost: string;
  readonly signal: AbortSignal;
}

type Request<Name extends keyof typeof MESSAGES> = RequestOf<(typeof MESSAGES)[Name]>;
type Answer<Name extends keyof typeof MESSAGES> = ResponseInput<(typeof MESSAGES)[Name]>;

/**
 * The group coordinator: it holds the groups of `group/`, keeps the clock and the parked requests, and stores offsets.
 * What other parts need of it; the handlers of group requests use it more fully.
 */
export interface Groups {
  /** Offsets of a transaction: kept aside until `endTransaction`. Answers per partition as OffsetCommit would. */
  commitInTransaction(request: Request<"txnOffsetCommit">, caller: Caller): Answer<"txnOffsetCommit">;
  /** Makes the offsets that the producer's transaction left in this group count, or forgets them. */
  endTransaction(groupId: string, producerId: bigint, committed: boolean): void;
  /** Forgets the offsets of a topic that was deleted. */
  forgetTopic(name: string): void;
  /** Lets every member join again: a fault on purpose. */
  rebalance(groupId: string): ErrorName;
  close(): void;
}

export type { Answer as GroupAnswer, Request as GroupRequest };
