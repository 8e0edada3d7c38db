/** A partition, by its topic's id: `<22 characters>/<number>`. Sets of them make owning and giving up plain set theory. */
export type Place = string;

/** How far a member has come towards its target. */
export type MemberState =
  /** It owns what it was assigned. */
  | "stable"
  /** It has been told to give partitions up, and has not said that it did. */
  | "unrevoked"
  /** It waits for partitions that others have not given up yet. */
  | "unreleased";

/** A member of a group of the newer protocol (KIP-848), in which the coordinator shares out. */
export interface ConsumerMember {
  readonly id: string;
  readonly instanceId: string | null;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  rebalanceTimeoutMs: number;
  topics: readonly string[];
  assignor: string | null;
  /** The group's epoch that it has been told; -2 while a static member is away. */
  epoch: number;
  previousEpoch: number;
  state: MemberState;
  /** What it may read. */
  assigned: ReadonlySet<Place>;
  /** What it may still be reading, and must give up first. */
  pendingRevocation: ReadonlySet<Place>;
}

export interface ConsumerGroup {
  readonly kind: "consumer";
  readonly id: string;
  /** Raised when members, subscriptions or topics change. */
  epoch: number;
  /** The epoch that `target` was made for. */
  assignmentEpoch: number;
  assignorName: AssignorName;
  /** What each member is to have in the end. */
  target: ReadonlyMap<string, ReadonlySet<Place>>;
  /** What was known of the topics when `target` was made. */
  topicsSeen: string;
  readonly members: Map<string, ConsumerMember>;
  /** Member ids by instance id. */
  readonly staticMembers: Map<string, string>;
  readonly timers: Map<ConsumerTimerKey, ConsumerTimer>;
}

export type ConsumerTimerKey = `session ${string}` | `revocation ${string}`;

export interface ConsumerTimer {
  readonly kind: "session" | "revocation";
  readonly memberId: string;
  readonly at: number;
}

/** The assignors by the names that clients ask for; the first is the default. */
export const ASSIGNOR_NAMES = ["uniform", "range"] as const;
export type AssignorName = (typeof ASSIGNOR_NAMES)[number];

/** What a coordinator prescribes to groups of the newer protocol; the defaults are Apache Kafka's. */
export interface ConsumerGroupSettings {
  readonly consumerSessionTimeoutMs: number;
  readonly consumerHeartbeatIntervalMs: number;
  readonly membersMax: number;
}

/** The topics as they are now; undefined where there is none of that name. */
export type TopicLookup = (name: string) => { readonly id: string; readonly partitions: number } | undefined;

/** What one call of a verb works with, and leaves behind. */
export interface ConsumerTurn {
  readonly now: number;
  readonly settings: ConsumerGroupSettings;
  readonly topics: TopicLookup;
  /** Whether the group's epoch has changed, which must be stored before anybody is told of it. */
  changed: boolean;
}

export const NOTHING: ReadonlySet<Place> = new Set();
/** The epoch of a member that leaves. */
export const LEAVING = -1;
/** The epoch of a static member that will be back. */
export const AWAY = -2;

export const consumerGroup = (id: string, epoch: number): ConsumerGroup => ({
  kind: "consumer",
  id,
  epoch,
  assignmentEpoch: epoch,
  assignorName: ASSIGNOR_NAMES[0],
  target: new Map(),
  topicsSeen: "",
  members: new Map(),
  staticMembers: new Map(),
  timers: new Map(),
});

/** As Kafka names them. The state follows from the members, so that nothing can set it wrongly. */
export function stateOf({ members, epoch, assignmentEpoch }: ConsumerGroup): string {
  if (members.size === 0) return "Empty";
  if (epoch > assignmentEpoch) return "Assigning";
  const settled = members.values().every((member) => isSettled(member, assignmentEpoch));
  return settled ? "Stable" : "Reconciling";
}

/** Whether the member has all that it is to have. */
export const isSettled = (member: ConsumerMember, assignmentEpoch: number): boolean =>
  member.state === "stable" && member.epoch === assignmentEpoch;

export function bumpEpoch(group: ConsumerGroup, turn: ConsumerTurn): void {
  group.epoch += 1;
  turn.changed = true;
}

export function nextConsumerDeadline({ timers }: ConsumerGroup): number {
  return timers.values().reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
}

export function dropMember(group: ConsumerGroup, member: ConsumerMember, turn: ConsumerTurn): void {
  forgetMember(group, member);
  bumpEpoch(group, turn);
}

/** Takes a member out without a word to the others. */
export function forgetMember(group: ConsumerGroup, { id, instanceId }: ConsumerMember): void {
  group.members.delete(id);
  if (instanceId !== null) group.staticMembers.delete(instanceId);
  group.timers.delete(`session ${id}`);
  group.timers.delete(`revocation ${id}`);
}

export const placeOf = (topicId: string, partition: number): Place => `${topicId}/${partition}`;

export const topicIdOf = (place: Place): string => place.slice(0, place.indexOf("/"));

export const partitionOf = (place: Place): number => Number(place.slice(place.indexOf("/") + 1));
