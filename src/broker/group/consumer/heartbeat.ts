import { KafkaFault } from "../../protocol/index.ts";
import { reconcile } from "./reconcile.ts";
import { noticeTopics, shareOut } from "./share-out.ts";
import {
  ASSIGNOR_NAMES,
  AWAY,
  bumpEpoch,
  type ConsumerGroup,
  type ConsumerMember,
  type ConsumerTurn,
  dropMember,
  forgetMember,
  LEAVING,
  NOTHING,
  type Place,
} from "./state.ts";

export interface ConsumerHeartbeat {
  readonly memberId: string;
  /** 0 to join, -1 to leave, -2 to leave for a while; otherwise the epoch that the member was told last. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** -1, and null below, for what has not changed since the last heartbeat. */
  readonly rebalanceTimeoutMs: number;
  readonly topics: readonly string[] | null;
  readonly assignor: string | null;
  readonly owned: ReadonlySet<Place> | null;
}

export interface ConsumerHeartbeatAnswer {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Null where nothing has changed for the member. */
  readonly assignment: ReadonlySet<Place> | null;
}

/** What no group would accept. Throws a KafkaFault. */
export function assertHeartbeat(groupId: string, request: ConsumerHeartbeat): void {
  const { memberId, memberEpoch, instanceId, rackId, assignor } = request;
  const refuse = (message: string): never => {
    throw new KafkaFault("INVALID_REQUEST", message);
  };
  if (groupId === "") refuse("GroupId can't be empty.");
  if (memberId === "") refuse("MemberId can't be empty.");
  if (instanceId === "") refuse("InstanceId can't be empty.");
  if (rackId === "") refuse("RackId can't be empty.");
  if (memberEpoch < AWAY) refuse("MemberEpoch is invalid.");
  if (memberEpoch === AWAY && instanceId === null) refuse("InstanceId can't be null.");
  if (memberEpoch === 0) {
    if (request.rebalanceTimeoutMs === -1) refuse("RebalanceTimeoutMs must be provided in first request.");
    if (request.owned?.size !== 0) refuse("TopicPartitions must be empty when (re-)joining.");
    if (request.topics === null) refuse("SubscribedTopicNames must be non-null when (re-)joining.");
  }
  if (assignor !== null && !ASSIGNOR_NAMES.some((name) => name === assignor)) {
    const message = `ServerAssignor ${assignor} is not supported. Supported assignors: ${ASSIGNOR_NAMES.join(", ")}.`;
    throw new KafkaFault("UNSUPPORTED_ASSIGNOR", message);
  }
}

/** Joins, stays, or leaves. Throws a KafkaFault for whom the group does not know, or knows otherwise. */
export function consumerHeartbeat(
  group: ConsumerGroup,
  request: ConsumerHeartbeat,
  turn: ConsumerTurn,
): ConsumerHeartbeatAnswer {
  if (request.memberEpoch < 0) return leave(group, request, turn);
  const member = request.memberEpoch === 0 ? join(group, request, turn) : memberOf(group, request);
  if (request.memberEpoch > 0) assertEpoch(member, request);
  if (update(member, request)) bumpEpoch(group, turn);
  noticeTopics(group, turn);
  shareOut(group, turn);
  const before = member.assigned;
  reconcile(group, member, request.owned, turn);
  const { consumerSessionTimeoutMs, consumerHeartbeatIntervalMs } = turn.settings;
  const at = turn.now + consumerSessionTimeoutMs;
  group.timers.set(`session ${member.id}`, { kind: "session", memberId: member.id, at });
  // A member tells all of itself when it has lost track, and is told all in turn.
  const full = request.memberEpoch === 0 || (request.rebalanceTimeoutMs !== -1 && request.topics && request.owned);
  const changed = before.symmetricDifference(member.assigned).size > 0;
  return {
    memberId: member.id,
    memberEpoch: member.epoch,
    heartbeatIntervalMs: consumerHeartbeatIntervalMs,
    assignment: full || changed ? member.assigned : null,
  };
}

function leave(group: ConsumerGroup, request: ConsumerHeartbeat, turn: ConsumerTurn): ConsumerHeartbeatAnswer {
  const member = memberOf(group, request);
  if (request.memberEpoch === AWAY) {
    // Its partitions wait for it, until its session is over.
    member.epoch = AWAY;
    member.pendingRevocation = NOTHING;
    group.timers.delete(`revocation ${member.id}`);
  } else {
    dropMember(group, member, turn);
  }
  const memberEpoch = request.memberEpoch === AWAY ? AWAY : LEAVING;
  return { memberId: member.id, memberEpoch, heartbeatIntervalMs: 0, assignment: null };
}

function join(group: ConsumerGroup, request: ConsumerHeartbeat, turn: ConsumerTurn): ConsumerMember {
  const { memberId, instanceId } = request;
  const formerId = instanceId === null ? memberId : (group.staticMembers.get(instanceId) ?? memberId);
  const former = group.members.get(formerId);
  if (former && instanceId !== null && former.epoch !== AWAY && former.id !== memberId) {
    throw new KafkaFault(
      "UNRELEASED_INSTANCE_ID",
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${former.id} member.`,
    );
  }
  if (former?.id === memberId && former.epoch !== AWAY) return former;
  if (!former && group.members.size >= turn.settings.membersMax) {
    throw new KafkaFault(
      "GROUP_MAX_SIZE_REACHED",
      `The consumer group has reached its maximum capacity of ${turn.settings.membersMax} members.`,
    );
  }
  const member = former ? { ...former, id: memberId, epoch: 0, previousEpoch: 0 } : newMember(request);
  if (former) {
    forgetMember(group, former);
    group.target = new Map(group.target).set(memberId, group.target.get(former.id) ?? NOTHING);
  }
  group.members.set(memberId, member);
  if (instanceId !== null) group.staticMembers.set(instanceId, memberId);
  if (!former) bumpEpoch(group, turn);
  return member;
}

const newMember = ({ memberId, instanceId, clientId, clientHost, topics }: ConsumerHeartbeat): ConsumerMember => ({
  id: memberId,
  instanceId,
  rackId: null,
  clientId,
  clientHost,
  rebalanceTimeoutMs: 0,
  topics: topics ?? [],
  assignor: null,
  epoch: 0,
  previousEpoch: 0,
  state: "stable",
  assigned: NOTHING,
  pendingRevocation: NOTHING,
});

function memberOf(group: ConsumerGroup, { memberId, instanceId }: ConsumerHeartbeat): ConsumerMember {
  const current = instanceId === null ? memberId : group.staticMembers.get(instanceId);
  if (current === undefined) throw new KafkaFault("UNKNOWN_MEMBER_ID", `Instance id ${instanceId} is unknown.`);
  if (current !== memberId) {
    const message = `Static member ${memberId} with instance id ${instanceId} was fenced by member ${current}.`;
    throw new KafkaFault("FENCED_INSTANCE_ID", message);
  }
  const member = group.members.get(memberId);
  if (!member) throw new KafkaFault("UNKNOWN_MEMBER_ID", `Member ${memberId} is not a member of group ${group.id}.`);
  return member;
}

function assertEpoch(
  { epoch, previousEpoch, assigned }: ConsumerMember,
  { memberEpoch, owned }: ConsumerHeartbeat,
): void {
  if (memberEpoch === epoch) return;
  // It may have missed the answer that told it of its new epoch.
  if (memberEpoch < epoch && memberEpoch === previousEpoch && owned?.isSubsetOf(assigned)) return;
  throw new KafkaFault(
    "FENCED_MEMBER_EPOCH",
    `The consumer group member has a ${memberEpoch > epoch ? "greater" : "smaller"} member epoch (${memberEpoch}) than the one known by the group coordinator (${epoch}). The member must abandon all its partitions and rejoin.`,
  );
}

/** Takes over what the member says of itself; whether it reads something else now. */
function update(member: ConsumerMember, request: ConsumerHeartbeat): boolean {
  member.clientId = request.clientId;
  member.clientHost = request.clientHost;
  member.rackId = request.rackId ?? member.rackId;
  member.assignor = request.assignor ?? member.assignor;
  if (request.rebalanceTimeoutMs !== -1) member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
  const topics = [...new Set(request.topics ?? member.topics)];
  const changed = new Set(topics).symmetricDifference(new Set(member.topics)).size > 0;
  member.topics = topics;
  return changed;
}
