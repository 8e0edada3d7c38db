import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  type ClassicGroup,
  commit,
  emptyGroup,
  expire,
  heartbeat,
  join,
  leave,
  type Member,
  type ParkedAnswer,
  startTurn,
  sync,
  type Turn,
} from "../../../src/broker/group/index.ts";
import { joinRequest, SETTINGS, speaks } from "../../support/broker/group-bench.ts";

/**
 * Whatever clients do, and however late, a group must end up with one leader and every request with one answer. A
 * request that is lost hangs a client until it gives up; one that is answered twice confuses the next request on its
 * connection; a member without a deadline holds its partitions for ever.
 */
type Step = (world: World) => void;

interface World {
  readonly group: ClassicGroup;
  readonly run: (verb: (turn: Turn) => void) => void;
  readonly ticket: () => number;
  /** Ids that clients have been told, dead ones too. */
  readonly ids: string[];
  now: number;
}

const client = fc.nat(4);
const protocols = fc
  .subarray(["range", "sticky"], { minLength: 1 })
  .chain((names) => fc.constantFrom("", "t").map((metadata) => names.map((name) => speaks(name, metadata))));

const joining = fc.record({
  who: client,
  protocols,
  needsKnownId: fc.boolean(),
  canSkipAssignment: fc.boolean(),
  instanceId: fc.option(fc.constantFrom("one", "two"), { freq: 3 }),
  rebalanceTimeoutMs: fc.constantFrom(1_000, 20_000),
});

const steps: fc.Arbitrary<Step> = fc.oneof(
  joining.map(
    ({ who, ...given }): Step =>
      ({ run, ticket, ids, group }) => {
        // Some join anew, some again, some with an id that may be dead.
        const members = [...group.members.keys()];
        const memberId = who === 0 ? "" : ((who < 4 ? members[who % members.length] : ids.at(-2)) ?? "");
        const number = ticket();
        run((turn) => join(group, joinRequest({ ticket: number, uuid: `${number}`, ...given, memberId }), turn));
      },
  ),
  fc.record({ who: client, late: fc.boolean(), named: fc.boolean() }).map(
    ({ who, late, named }): Step =>
      ({ run, ticket, group }) => {
        const member = [...group.members.values()][who % Math.max(group.members.size, 1)];
        if (!member) return;
        const generationId = group.generationId - (late ? 1 : 0);
        run(syncOf(group, named ? member : { ...member, instanceId: null }, ticket(), generationId));
      },
  ),
  fc.record({ who: client, late: fc.boolean() }).map(
    ({ who, late }): Step =>
      ({ run, ids, group }) => {
        const memberId = ids[ids.length - 1 - who] ?? "nobody";
        const request = { memberId, instanceId: null, generationId: group.generationId - (late ? 1 : 0) };
        run((turn) => heartbeat(group, request, turn));
        run((turn) => commit(group, { ...request, transactional: false }, turn));
      },
  ),
  fc.record({ who: client, byInstance: fc.boolean() }).map(
    ({ who, byInstance }): Step =>
      ({ run, ids, group }) => {
        const memberId = ids[ids.length - 1 - who] ?? "nobody";
        const leaving = byInstance ? { memberId: "", instanceId: "one" } : { memberId, instanceId: null };
        run((turn) => leave(group, [leaving], turn));
      },
  ),
  fc.constantFrom(1, 900, 1_100, 5_000, 9_000, 30_000).map(
    (ms): Step =>
      (world) => {
        world.now += ms;
        world.run((turn) => expire(world.group, turn));
      },
  ),
);

/** Everybody joins again and, but for the one left out, asks for its assignment. */
const gathering = fc.record({ leftOut: fc.nat(5), withoutLeader: fc.boolean() }).map(
  ({ leftOut, withoutLeader }): Step =>
    ({ run, ticket, group }) => {
      for (const { id, instanceId, protocols: spoken } of [...group.members.values()]) {
        const number = ticket();
        const given = { ticket: number, uuid: `${number}`, memberId: id, instanceId, protocols: spoken };
        run((turn) => join(group, joinRequest(given), turn));
      }
      for (const [at, member] of [...group.members.values()].entries()) {
        if (at !== leftOut && !(withoutLeader && member.id === group.leaderId)) run(syncOf(group, member, ticket()));
      }
    },
);

const syncOf =
  (group: ClassicGroup, { id, instanceId }: Member, ticket: number, generationId = group.generationId) =>
  (turn: Turn) => {
    const assignments = new Map([...group.members.keys()].map((one) => [one, Buffer.from(one)]));
    const unsaid = { protocolType: null, protocolName: null };
    sync(group, { ticket, memberId: id, instanceId, generationId, assignments, ...unsaid }, turn);
  };

const delays = fc.constantFrom(0, 3_000);

test("whatever members do, the group holds together and every request has one answer", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(steps, gathering), { maxLength: 50, size: "max" }),
      delays,
      fc.constantFrom(3, 100),
      (all, delayMs, membersMax) => {
        const settings = { ...SETTINGS, initialRebalanceDelayMs: delayMs, newMemberJoinTimeoutMs: 60_000, membersMax };
        const group = emptyGroup("readers", 0);
        const answered = new Map<number, ParkedAnswer>();
        let tickets = 0;
        let generationId = 0;
        const world: World = {
          group,
          now: 0,
          ids: [],
          ticket() {
            tickets += 1;
            return tickets;
          },
          run(verb) {
            const turn = startTurn(world.now, settings);
            verb(turn);
            for (const one of turn.answers) {
              expect(answered.has(one.ticket)).toBe(false);
              answered.set(one.ticket, one);
              if (one.verb === "join" && one.answer.memberId !== "") world.ids.push(one.answer.memberId);
            }
            assertSound(group, world.now);
            expect(group.generationId).toBeGreaterThanOrEqual(generationId);
            // What is stored must follow what members were told.
            if (group.generationId > generationId) expect(turn.changed).toBe(true);
            generationId = group.generationId;
            assertAnswered(group, answered, tickets);
          },
        };
        for (const step of all) step(world);
        // When nobody does anything any more, nobody is left, and nobody waits.
        for (let quiet = 0; quiet < 10; quiet++) {
          world.now += 60_000;
          world.run((turn) => expire(group, turn));
        }
        expect(group).toMatchObject({ state: "empty", leaderId: null });
        expect(group.timers.size).toBe(0);
        expect(group.pendingJoins.size).toBe(0);
        expect(answered.size).toBe(tickets);
      },
    ),
    { numRuns: 500 },
  );
});

/** Every ticket is answered, or parked with one member. */
function assertAnswered(group: ClassicGroup, answered: ReadonlyMap<number, ParkedAnswer>, tickets: number): void {
  const parked = group.members
    .values()
    .flatMap(({ awaitingJoin, awaitingSync }) => [awaitingJoin, awaitingSync])
    .filter((ticket) => ticket !== undefined)
    .toArray();
  expect(new Set(parked).size).toBe(parked.length);
  for (const ticket of parked) expect(answered.has(ticket)).toBe(false);
  expect(answered.size + parked.length).toBe(tickets);
}

function assertSound(group: ClassicGroup, now: number): void {
  const { state, members, leaderId, pendingSyncs, pendingJoins, staticMembers, timers } = group;
  if (members.size === 0) expect(leaderId).toBeNull();
  else expect(members.has(leaderId ?? "")).toBe(true);
  if (state === "empty") expect(members.size).toBe(0);
  if (state === "stable" || state === "completing") expect(members.size).toBeGreaterThan(0);
  if (state === "preparing") expect(timers.has("join")).toBe(true);
  if (state === "completing") expect(timers.has("sync")).toBe(true);
  for (const member of members.values()) {
    if (state !== "preparing") expect(member.awaitingJoin).toBeUndefined();
    if (state !== "completing") expect(member.awaitingSync).toBeUndefined();
    const waits = member.awaitingJoin !== undefined || member.awaitingSync !== undefined;
    const session = timers.get(`session ${member.id}`);
    if (!waits || member.isNew) expect(session).toBeDefined();
    if (!waits) expect(session?.at).toBeLessThanOrEqual(now + member.sessionTimeoutMs);
    if (state === "stable" && !pendingSyncs.has(member.id)) expect(member.assignment.length).toBeGreaterThan(0);
    if (member.instanceId !== null) expect(staticMembers.get(member.instanceId)).toBe(member.id);
  }
  for (const id of staticMembers.values()) expect(members.has(id)).toBe(true);
  for (const id of pendingSyncs) expect(members.has(id)).toBe(true);
  for (const id of pendingJoins) expect(members.has(id) || !timers.has(`session ${id}`)).toBe(false);
  for (const timer of timers.values()) {
    if (timer.kind === "session") expect(members.has(timer.memberId) || pendingJoins.has(timer.memberId)).toBe(true);
    if (timer.kind === "sync") expect(["completing", "stable"]).toContain(state);
    if (timer.kind === "join" || timer.kind === "initial") expect(state).toBe("preparing");
  }
}
