import {
  type ClassicGroup,
  emptyGroup,
  expire,
  type GroupSettings,
  type JoinAnswer,
  type JoinRequest,
  join,
  type ParkedAnswer,
  type SyncAnswer,
  startTurn,
  sync,
  type Turn,
} from "../../../src/broker/group/index.ts";

export const SETTINGS: GroupSettings = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  initialRebalanceDelayMs: 0,
  newMemberJoinTimeoutMs: 300_000,
  membersMax: 100,
};

/** A group with a clock that the test sets, and every answer that was given so far. */
export interface GroupBench {
  readonly group: ClassicGroup;
  now: number;
  readonly settings: GroupSettings;
  readonly answers: ParkedAnswer[];
  run<R>(verb: (group: ClassicGroup, turn: Turn) => R): R;
  /** Does what is due. */
  expire(): void;
  /** Parks a JoinGroup; gives its answer where that came at once. */
  join(given?: Partial<JoinRequest>): JoinAnswer | undefined;
  sync(member: { readonly memberId: string }, assignments?: Readonly<Record<string, string>>): SyncAnswer | undefined;
}

export function groupBench(settings: Partial<GroupSettings> = {}): GroupBench {
  let tickets = 0;
  const self: GroupBench = {
    group: emptyGroup("readers", 0),
    now: 0,
    settings: { ...SETTINGS, ...settings },
    answers: [],
    run(verb) {
      const turn = startTurn(self.now, self.settings);
      const result = verb(self.group, turn);
      self.answers.push(...turn.answers);
      return result;
    },
    expire() {
      self.run((group, turn) => expire(group, turn));
    },
    join(given = {}) {
      tickets += 1;
      const ticket = tickets;
      self.run((group, turn) => join(group, joinRequest({ ticket, uuid: `${ticket}`, ...given }), turn));
      return self.answers.flatMap((one) => (one.verb === "join" && one.ticket === ticket ? [one.answer] : []))[0];
    },
    sync({ memberId }, assignments = {}) {
      tickets += 1;
      const ticket = tickets;
      self.run((group, turn) => {
        sync(
          group,
          {
            ticket,
            memberId,
            instanceId: null,
            generationId: group.generationId,
            protocolType: "consumer",
            protocolName: group.protocolName,
            assignments: new Map(Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)])),
          },
          turn,
        );
      });
      return self.answers.flatMap((one) => (one.verb === "sync" && one.ticket === ticket ? [one.answer] : []))[0];
    },
  };
  return self;
}

/** A group whose only member, its leader, has its assignment. */
export function stableBench(settings: Partial<GroupSettings> = {}, given: Partial<JoinRequest> = {}) {
  const bench = groupBench(settings);
  const memberId = bench.join(given)?.memberId ?? "";
  bench.sync({ memberId }, { [memberId]: "all" });
  return { bench, group: bench.group, memberId };
}

/** Two members, of which the first leads, before anybody has synced. */
export function completingBench(settings: Partial<GroupSettings> = {}, given: Partial<JoinRequest> = {}) {
  const { bench, group, memberId: leader } = stableBench(settings, given);
  bench.join(given);
  bench.join({ ...given, memberId: leader });
  const follower = [...group.members.keys()].find((id) => id !== leader) ?? "";
  return { bench, group, leader, follower };
}

export const joinRequest = (given: Partial<JoinRequest> & Pick<JoinRequest, "ticket" | "uuid">): JoinRequest => ({
  memberId: "",
  instanceId: null,
  clientId: "client",
  clientHost: "/127.0.0.1",
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 60_000,
  protocolType: "consumer",
  protocols: [speaks("range")],
  needsKnownId: false,
  canSkipAssignment: false,
  ...given,
});

export const speaks = (name: string, metadata = "") => ({ name, metadata: Buffer.from(metadata) });
