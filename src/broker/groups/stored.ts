import { type ClassicGroup, emptyGroup, type GroupState, type Member, topicsOf } from "../group/index.ts";

/** A group as it is stored: what a restarted broker needs so that members go on as if nothing had been. */
interface StoredGroup {
  readonly state: GroupState;
  readonly since: number;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  readonly members: readonly StoredMember[];
}

interface StoredMember extends Pick<Member, "id" | "instanceId" | "clientId" | "clientHost" | "protocolType"> {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly { readonly name: string; readonly metadata: string }[];
  readonly assignment: string;
}

export const GROUP = "group";

export const groupKey = (groupId: string): string => JSON.stringify([GROUP, groupId]);

/** The group that a key of the table is about. */
export function groupIdOf(key: string): string | undefined {
  const [word, groupId]: unknown[] = JSON.parse(key);
  return word === GROUP ? String(groupId) : undefined;
}

export function freeze(group: ClassicGroup): StoredGroup {
  const { state, since, generationId, protocolType, protocolName, leaderId } = group;
  // Members whose assignment is not known yet must join again in any case.
  const members = state === "stable" ? [...group.members.values()].map(freezeMember) : [];
  return { state, since, generationId, protocolType, protocolName, leaderId, members };
}

/** The group as it was, its members' sessions beginning now; without members where it was being shared out anew. */
export function thaw(groupId: string, stored: unknown, now: number): ClassicGroup {
  // `freeze` alone writes under such keys.
  const { state, members, ...rest } = stored as StoredGroup;
  if (state !== "stable") {
    return { ...emptyGroup(groupId, rest.since), generationId: rest.generationId, protocolType: rest.protocolType };
  }
  const group: ClassicGroup = { ...emptyGroup(groupId, rest.since), ...rest, state, previousState: "completing" };
  for (const member of members.map(thawMember)) {
    group.members.set(member.id, member);
    if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.id);
    group.timers.set(`session ${member.id}`, {
      kind: "session",
      at: now + member.sessionTimeoutMs,
      memberId: member.id,
    });
  }
  group.subscribedTopics = topicsOf(group);
  return group;
}

const freezeMember = ({ protocols, assignment, ...member }: Member): StoredMember => ({
  id: member.id,
  instanceId: member.instanceId,
  clientId: member.clientId,
  clientHost: member.clientHost,
  protocolType: member.protocolType,
  sessionTimeoutMs: member.sessionTimeoutMs,
  rebalanceTimeoutMs: member.rebalanceTimeoutMs,
  protocols: protocols.map(({ name, metadata }) => ({ name, metadata: metadata.toString("base64") })),
  assignment: assignment.toString("base64"),
});

const thawMember = ({ protocols, assignment, ...member }: StoredMember): Member => ({
  ...member,
  protocols: protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata, "base64") })),
  assignment: Buffer.from(assignment, "base64"),
  isNew: false,
  awaitingJoin: undefined,
  awaitingSync: undefined,
});
