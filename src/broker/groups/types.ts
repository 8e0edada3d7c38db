import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from "../group/consumer/index.ts";
import type {
  CommitRequest,
  HeartbeatRequest,
  JoinAnswer,
  JoinRequest,
  Leaving,
  SyncAnswer,
  SyncRequest,
} from "../group/index.ts";
import type { ErrorName, MESSAGES, RequestOf, ResponseInput } from "../protocol/index.ts";

/** How far a group has read in a partition. */
export interface CommittedOffset {
  readonly offset: bigint;
  /** -1 where the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedAt: number;
  /** Where a client of old has said how long the offset is to be kept; others are kept as the broker keeps them. */
  readonly expiresAt?: number;
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

/** An offset that a client wants stored. */
export interface NewOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly metadata: string | null;
  readonly expiresAt?: number | undefined;
}

/** What is to be stored for one topic; `topic` is undefined where the request gave an id that no topic has. */
export interface OffsetsOfTopic {
  readonly topic: string | undefined;
  readonly partitions: readonly Omit<NewOffset, "topic">[];
}

/** Who commits; with a producer, as part of its transaction. */
export interface Committer extends CommitRequest {
  readonly producerId?: bigint;
  /** Whether its version of OffsetCommit knows of epochs (KIP-848); nothing said means that it does. */
  readonly knowsEpochs?: boolean;
}

/** One partition of a group's offsets. `unstable` where a transaction is about to change it. */
export interface FetchedOffset {
  readonly partition: number;
  readonly committed: CommittedOffset | undefined;
  readonly unstable: boolean;
}

export interface GroupDescription {
  readonly state: string;
  readonly protocolType: string;
  readonly protocolName: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    readonly memberMetadata: Buffer;
    readonly memberAssignment: Buffer;
  }[];
}

/** Partitions of one topic. */
export interface OwnedTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export interface ConsumerAnswer extends Omit<ConsumerHeartbeatAnswer, "assignment"> {
  readonly assignment: readonly OwnedTopic[] | null;
}

export interface ConsumerDescription {
  readonly state: string;
  readonly epoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | null;
    readonly rackId: string | null;
    readonly memberEpoch: number;
    readonly clientId: string;
    readonly clientHost: string;
    readonly subscribedTopicNames: readonly string[];
    readonly assignment: readonly (OwnedTopic & { readonly topicName: string })[];
    readonly targetAssignment: readonly (OwnedTopic & { readonly topicName: string })[];
  }[];
}

export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: string;
  readonly type: "classic" | "consumer";
}

/**
 * The group coordinator: it holds the groups of `group/`, keeps the clock and the parked requests, and stores offsets.
 * An error is a name; the handlers give it its number. Everything that changes is stored when a call returns.
 */
export interface Groups {
  join(groupId: string, request: Unnumbered<JoinRequest>, signal: AbortSignal): Promise<JoinAnswer>;
  sync(groupId: string, request: Unnumbered<SyncRequest>, signal: AbortSignal): Promise<SyncAnswer>;
  heartbeat(groupId: string, request: HeartbeatRequest): ErrorName;
  /** One error for each that leaves. */
  leave(groupId: string, leaving: readonly Leaving[]): readonly ErrorName[];
  /** Stores offsets, and says for each partition what came of it, in the order in which they are given. */
  commit(groupId: string, who: Committer, offsets: readonly OffsetsOfTopic[]): readonly (readonly ErrorName[])[];
  /** Whether who says to be this member in this epoch may ask what a group has committed; null and -1 are anybody. */
  refuseOffsetFetch(groupId: string, memberId: string | null, memberEpoch: number): ErrorName;
  /** What a group has committed in one topic, in the order of `partitions`; in all partitions where that is left out. */
  offsets(groupId: string, topic: string, partitions?: readonly number[]): readonly FetchedOffset[];
  /** The topics in which a group has committed. */
  topicsOf(groupId: string): readonly string[];
  /** GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP; otherwise whether offsets in a topic may be deleted is asked for each. */
  refuseOffsetDelete(groupId: string): ErrorName;
  /** NONE, or GROUP_SUBSCRIBED_TO_TOPIC. */
  deleteOffsets(groupId: string, topic: string, partitions: readonly number[]): ErrorName;
  /** Joins, stays in, or leaves a group of the newer protocol. Throws a KafkaFault. */
  consumerHeartbeat(groupId: string, request: ConsumerHeartbeat): ConsumerAnswer;
  describeConsumer(groupId: string): ConsumerDescription | undefined;
  describe(groupId: string): GroupDescription | undefined;
  list(): readonly ListedGroup[];
  /** NONE, GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
  delete(groupId: string): ErrorName;

  /** Offsets of a transaction: kept aside until `endTransaction`. Answers per partition as OffsetCommit would. */
  commitInTransaction(request: Request<"txnOffsetCommit">, caller: Caller): Answer<"txnOffsetCommit">;
  /** Makes the offsets that the producer's transaction left in this group count, or forgets them. */
  endTransaction(groupId: string, producerId: bigint, committed: boolean): void;
  /** Forgets the offsets of a topic that was deleted. */
  forgetTopic(name: string): void;
  /** Lets every member join again: a fault on purpose. */
  rebalance(groupId: string): ErrorName;
  /** Does what is due by the clock. Timers call it by themselves; who hands in a clock may too. */
  runDue(): void;
  close(): void;
}

/** A request before it has its ticket, and its id for a new member. */
export type Unnumbered<R> = Omit<R, "ticket" | "uuid">;

export type { Answer as GroupAnswer, Request as GroupRequest };
