import type { ErrorName } from "../protocol/index.ts";

export type GroupState = "empty" | "preparing" | "completing" | "stable" | "dead";

/** Every move a classic group may make; `moveTo` alone assigns `group.state`. */
export const MOVES = {
  empty: ["preparing", "dead"],
  preparing: ["completing", "empty", "dead"],
  completing: ["stable", "preparing", "dead"],
  stable: ["preparing", "dead"],
  dead: [],
} as const satisfies Record<GroupState, readonly GroupState[]>;

/** What the states are called in Kafka's answers. */
export const STATE_NAMES = {
  empty: "Empty",
  preparing: "PreparingRebalance",
  completing: "CompletingRebalance",
  stable: "Stable",
  dead: "Dead",
} as const satisfies Record<GroupState, string>;

/** A request that waits for its answer; whoever hands in the request gives it a number that no other has. */
export type Ticket = number;

/** A way of sharing out partitions that a member can take part in, with what it says of itself in that way. */
export interface Protocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** A member of a classic group. */
export interface Member {
  readonly id: string;
  /** Set for static members (KIP-345): who joins under the same instance id takes the member's place. */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the order in which the member prefers them. Never empty, no name twice. */
  protocols: readonly Protocol[];
  assignment: Buffer;
  /** Whether it has never been told its id in the answer to a completed join. */
  isNew: boolean;
  /** Its JoinGroup, while that is parked. Only in `preparing`. */
  awaitingJoin: Ticket | undefined;
  /** Its SyncGroup, while that is parked. Only in `completing`. */
  awaitingSync: Ticket | undefined;
}

export interface ClassicGroup {
  readonly kind: "classic";
  readonly id: string;
  state: GroupState;
  /** The state it was in before; a group that was empty waits longer for its first members. */
  previousState: GroupState;
  /** When it came into this state. */
  since: number;
  generationId: number;
  /** Set once a member has joined; a group that only stores offsets has none. */
  protocolType: string | null;
  protocolName: string | null;
  leaderId: string | null;
  /** In the order in which they came. */
  readonly members: Map<string, Member>;
  /** Member ids by instance id. */
  readonly staticMembers: Map<string, string>;
  /** Ids that were given out and not joined with yet. */
  readonly pendingJoins: Set<string>;
  /** Members of this generation that have not asked for their assignment. */
  readonly pendingSyncs: Set<string>;
  /** Whether somebody came while the first rebalance was being put off. */
  newMemberAdded: boolean;
  /** Topics that the members of this generation read; undefined where their subscriptions cannot be understood. */
  subscribedTopics: ReadonlySet<string> | undefined;
  readonly timers: Map<TimerKey, Timer>;
}

export type TimerKey = "join" | "sync" | `session ${string}`;

export type Timer =
  | { readonly kind: "join" | "sync"; readonly at: number }
  | { readonly kind: "initial"; readonly at: number; readonly delayMs: number; readonly remainingMs: number }
  | { readonly kind: "session"; readonly at: number; readonly memberId: string };

/** What a coordinator allows its groups. The defaults are Apache Kafka's, but for the delay, which a development broker has not. */
export interface GroupSettings {
  readonly sessionTimeoutMsMin: number;
  readonly sessionTimeoutMsMax: number;
  /** How long the first members of an empty group wait for others, after each one that comes. */
  readonly initialRebalanceDelayMs: number;
  /** How long a member may wait for the answer to its first JoinGroup. */
  readonly newMemberJoinTimeoutMs: number;
  readonly membersMax: number;
}

/** What one call of a verb works with and leaves behind. */
export interface Turn {
  readonly now: number;
  readonly settings: GroupSettings;
  /** Answers to parked requests, that of the caller among them. */
  readonly answers: ParkedAnswer[];
  /** Whether something has changed that must be stored before anybody is answered. */
  changed: boolean;
}

export type ParkedAnswer =
  | { readonly verb: "join"; readonly ticket: Ticket; readonly answer: JoinAnswer }
  | { readonly verb: "sync"; readonly ticket: Ticket; readonly answer: SyncAnswer };

export interface JoinAnswer {
  readonly error: ErrorName;
  readonly memberId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string;
  readonly skipAssignment: boolean;
  /** Everybody, for the leader; nobody, for the others. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: Buffer;
  }[];
}

export interface SyncAnswer {
  readonly error: ErrorName;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

/** A group without members, as the first JoinGroup or commit makes it. */
export const emptyGroup = (id: string, now: number): ClassicGroup => ({
  kind: "classic",
  id,
  state: "empty",
  previousState: "dead",
  since: now,
  generationId: 0,
  protocolType: null,
  protocolName: null,
  leaderId: null,
  members: new Map(),
  staticMembers: new Map(),
  pendingJoins: new Set(),
  pendingSyncs: new Set(),
  newMemberAdded: false,
  subscribedTopics: undefined,
  timers: new Map(),
});

export const startTurn = (now: number, settings: GroupSettings): Turn => ({
  now,
  settings,
  answers: [],
  changed: false,
});

/** Changes the state; throws where the table does not have the move, which only a mistake in here can ask for. */
export function moveTo(group: ClassicGroup, state: GroupState, now: number): void {
  const allowed: readonly GroupState[] = MOVES[group.state];
  if (!allowed.includes(state)) throw new Error(`group ${group.id} cannot move from ${group.state} to ${state}`);
  group.previousState = group.state;
  group.state = state;
  group.since = now;
}

/** When `expire` has something to do at the earliest; Infinity where nothing is awaited. */
export function nextDeadline({ timers }: ClassicGroup): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const { at } of timers.values()) if (at < earliest) earliest = at;
  return earliest;
}
