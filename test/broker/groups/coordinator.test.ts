import { expect, test } from "bun:test";
import { type CoordinatorSettings, type Groups, openGroups } from "../../../src/broker/groups/index.ts";
import { type MemoryFiles, memoryFiles, openTable, type Table } from "../../../src/broker/log/index.ts";
import { KafkaFault } from "../../../src/broker/protocol/index.ts";
import { joinRequest, speaks } from "../../support/broker/group-bench.ts";
import { subscription } from "../../support/broker/group-member.ts";
import { until } from "../../support/until.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOBODY = { memberId: "", instanceId: null, generationId: -1, transactional: false };
const open = new AbortController().signal;

/** A coordinator with a clock that the test sets; opened again on the same files, it is one that was restarted. */
function coordinator(settings: Partial<CoordinatorSettings> = {}, files: MemoryFiles = memoryFiles()) {
  const clock = { now: 0 };
  const events: string[] = [];
  const start = (table: Table = openTable(files, "groups")): Groups =>
    openGroups({
      table,
      topics: {
        get: (name) => (name.startsWith("missing") ? undefined : { id: `id of ${name}`, partitions: { length: 3 } }),
        byId: (id) => ({ name: id.replace("id of ", "") }),
      },
      now: () => clock.now,
      emit: (name) => events.push(name),
      settings,
    });
  return { clock, events, start, files };
}

const joining = (given: Parameters<typeof joinRequest>[0]) => joinRequest(given);
const anew = () => joining({ ticket: 0, uuid: "" });

/** Makes a group with one member that has its assignment, and reads these topics. */
async function stable(groups: Groups, groupId: string, ...topics: readonly string[]) {
  const protocols = [{ name: "range", metadata: subscription(topics) }];
  const { memberId, generationId } = await groups.join(groupId, { ...anew(), protocols }, open);
  const unsaid = { instanceId: null, protocolType: null, protocolName: null };
  const assignments = new Map([[memberId, Buffer.from("mine")]]);
  await groups.sync(groupId, { memberId, generationId, ...unsaid, assignments }, open);
  return { memberId, generationId, instanceId: null };
}

const offset = (partition: number, value: bigint) => ({ partition, offset: value, leaderEpoch: -1, metadata: "m" });

const commitTo = (groups: Groups, groupId: string, topic: string, value: bigint, who: object = {}) =>
  groups.commit(groupId, { ...NOBODY, ...who }, [{ topic, partitions: [offset(0, value)] }])[0]?.[0];

const committed = (groups: Groups, groupId: string, topic: string) =>
  groups.offsets(groupId, topic, [0])[0]?.committed?.offset;

test("offsets are there after a restart", () => {
  const { start, clock } = coordinator();
  const before = start();
  clock.now = 5;
  expect(commitTo(before, "readers", "a", 9_007_199_254_740_993n)).toBe("NONE");
  const [kept] = start().offsets("readers", "a");
  expect(kept).toMatchObject({
    partition: 0,
    unstable: false,
    committed: { offset: 9_007_199_254_740_993n, leaderEpoch: -1, metadata: "m", committedAt: 5 },
  });
});

test("members go on after a restart, and have a session's time for that", async () => {
  const { start, clock } = coordinator();
  const member = await stable(start(), "readers");
  clock.now = 60_000;
  const groups = start();
  clock.now = 69_999;
  groups.runDue();
  expect(groups.heartbeat("readers", member)).toBe("NONE");
  const synced = { ...member, protocolType: null, protocolName: null, assignments: new Map() };
  expect((await groups.sync("readers", synced, open)).assignment).toEqual(Buffer.from("mine"));
  clock.now = 79_999;
  groups.runDue();
  expect(groups.heartbeat("readers", member)).toBe("UNKNOWN_MEMBER_ID");
});

test("a restart before the leader has shared out sends everybody to join, for a later generation", async () => {
  const { start } = coordinator();
  const before = start();
  await stable(before, "readers");
  const { memberId } = before.describe("readers")?.members[0] ?? { memberId: "" };
  const again = await before.join("readers", { ...anew(), memberId }, open);
  expect(again.generationId).toBe(2);
  const groups = start();
  expect(groups.describe("readers")).toMatchObject({ state: "Empty", members: [] });
  expect(groups.heartbeat("readers", { memberId, instanceId: null, generationId: 2 })).toBe("UNKNOWN_MEMBER_ID");
  expect((await groups.join("readers", anew(), open)).generationId).toBe(3);
});

test("a static member is known by its instance after a restart", async () => {
  const { start } = coordinator();
  const before = start();
  const given = { ...anew(), instanceId: "one" };
  const { memberId, generationId } = await before.join("readers", given, open);
  const unsaid = { protocolType: null, protocolName: null, assignments: new Map([[memberId, Buffer.from("kept")]]) };
  await before.sync("readers", { memberId, generationId, instanceId: "one", ...unsaid }, open);
  const groups = start();
  const returned = await groups.join("readers", given, open);
  expect(returned).toMatchObject({ error: "NONE", generationId: 1 });
  const kept = { memberId: returned.memberId, generationId, instanceId: "one", ...unsaid };
  expect((await groups.sync("readers", kept, open)).assignment).toEqual(Buffer.from("kept"));
});

test("a deleted group is not there after a restart either", () => {
  const { start } = coordinator();
  const before = start();
  commitTo(before, "readers", "a", 1n);
  expect(before.delete("readers")).toBe("NONE");
  const groups = start();
  expect(groups.list()).toEqual([]);
  expect(groups.topicsOf("readers")).toEqual([]);
});

test("offsets of whoever never joined are kept for seven days after each commit", () => {
  const { start, clock } = coordinator();
  const groups = start();
  commitTo(groups, "readers", "a", 1n);
  clock.now = 3 * DAY_MS;
  commitTo(groups, "readers", "b", 1n);
  clock.now = 7 * DAY_MS - 1;
  groups.runDue();
  expect(groups.topicsOf("readers")).toEqual(["a", "b"]);
  clock.now = 7 * DAY_MS;
  groups.runDue();
  expect(groups.topicsOf("readers")).toEqual(["b"]);
  clock.now = 10 * DAY_MS;
  groups.runDue();
  expect(groups.list()).toEqual([]);
});

test("offsets of a group are kept for seven days after its last member has gone, then it goes too", async () => {
  const { start, clock } = coordinator();
  const groups = start();
  const member = await stable(groups, "readers", "a");
  commitTo(groups, "readers", "a", 1n, member);
  clock.now = 5_000;
  groups.leave("readers", [member]);
  clock.now = 7 * DAY_MS + 4_999;
  groups.runDue();
  expect(committed(groups, "readers", "a")).toBe(1n);
  clock.now = 7 * DAY_MS + 5_000;
  groups.runDue();
  expect(groups.list()).toEqual([]);
});

test("while a group reads, only the offsets of topics that it does not read grow old", async () => {
  const { start, clock } = coordinator();
  const groups = start();
  const member = await stable(groups, "readers", "a");
  for (const topic of ["a", "b"]) commitTo(groups, "readers", topic, 1n, member);
  for (; clock.now < 7 * DAY_MS; clock.now += 9_000) groups.heartbeat("readers", member);
  groups.runDue();
  expect(groups.topicsOf("readers")).toEqual(["a"]);
});

test("a client of old may say how long its offsets are kept", () => {
  const { start, clock } = coordinator();
  const groups = start();
  const partitions = [{ ...offset(0, 1n), expiresAt: 1_000 }];
  groups.commit("readers", NOBODY, [{ topic: "a", partitions }]);
  clock.now = 1_000;
  groups.runDue();
  expect(groups.topicsOf("readers")).toEqual([]);
});

test("offsets of a transaction wait for its end, over a restart too", () => {
  const { start } = coordinator();
  const before = start();
  const who = { transactional: true, producerId: 7n };
  commitTo(before, "readers", "a", 1n);
  expect(commitTo(before, "readers", "a", 5n, who)).toBe("NONE");
  const groups = start();
  expect(groups.offsets("readers", "a", [0])).toMatchObject([{ unstable: true, committed: { offset: 1n } }]);
  groups.endTransaction("readers", 7n, true);
  expect(groups.offsets("readers", "a", [0])).toMatchObject([{ unstable: false, committed: { offset: 5n } }]);
  expect(committed(start(), "readers", "a")).toBe(5n);
});

test("of two commits the later counts, whenever the transaction of the other ends", () => {
  const { start } = coordinator();
  const before = start();
  commitTo(before, "readers", "a", 5n, { transactional: true, producerId: 7n });
  const groups = start();
  commitTo(groups, "readers", "a", 9n);
  groups.endTransaction("readers", 7n, true);
  expect(committed(groups, "readers", "a")).toBe(9n);
});

test("offsets of an aborted transaction are forgotten, and those of another one are not", () => {
  const { start } = coordinator();
  const groups = start();
  commitTo(groups, "readers", "a", 5n, { transactional: true, producerId: 7n });
  commitTo(groups, "readers", "a", 6n, { transactional: true, producerId: 8n });
  groups.endTransaction("readers", 7n, false);
  expect(groups.offsets("readers", "a", [0])).toMatchObject([{ unstable: true, committed: undefined }]);
  groups.endTransaction("readers", 8n, true);
  expect(committed(groups, "readers", "a")).toBe(6n);
});

test("neither offsets nor groups grow old while a transaction is open on them", () => {
  const { start, clock } = coordinator();
  const groups = start();
  commitTo(groups, "readers", "a", 1n);
  commitTo(groups, "readers", "a", 5n, { transactional: true, producerId: 7n });
  commitTo(groups, "others", "a", 5n, { transactional: true, producerId: 7n });
  clock.now = 8 * DAY_MS;
  groups.runDue();
  expect(committed(groups, "readers", "a")).toBe(1n);
  expect(groups.list().map(({ groupId }) => groupId)).toEqual(["readers", "others"]);
});

test("a deleted topic takes its offsets with it, pending ones too", () => {
  const { start } = coordinator();
  const groups = start();
  for (const topic of ["a", "b"]) commitTo(groups, "readers", topic, 1n);
  commitTo(groups, "readers", "a", 5n, { transactional: true, producerId: 7n });
  groups.forgetTopic("a");
  groups.endTransaction("readers", 7n, true);
  expect(groups.topicsOf("readers")).toEqual(["b"]);
  expect(start().topicsOf("readers")).toEqual(["b"]);
});

test("a fault on purpose lets every member join again", async () => {
  const { start } = coordinator();
  const groups = start();
  const member = await stable(groups, "readers");
  expect(groups.rebalance("nobody")).toBe("GROUP_ID_NOT_FOUND");
  expect(groups.rebalance("readers")).toBe("NONE");
  expect(groups.heartbeat("readers", member)).toBe("REBALANCE_IN_PROGRESS");
  expect(groups.rebalance("readers")).toBe("NONE");
  const again = await groups.join("readers", { ...anew(), memberId: member.memberId }, open);
  expect(again.generationId).toBe(2);
});

test("there are no more groups than allowed, and their members say no more of themselves", async () => {
  const { start } = coordinator({ groupsMax: 1, memberBytesMax: 10, assignmentBytesMax: 10 });
  const groups = start();
  const join = async (group: string, bytes: number) =>
    (await groups.join(group, { ...anew(), protocols: [speaks("range", "x".repeat(bytes))] }, open)).error;
  expect(await join("one", 11)).toBe("POLICY_VIOLATION");
  expect(await join("one", 10)).toBe("NONE");
  expect(await join("two", 1)).toBe("POLICY_VIOLATION");
  expect(commitTo(groups, "two", "a", 1n)).toBe("POLICY_VIOLATION");
  expect(groups.topicsOf("two")).toEqual([]);
  const member = groups.describe("one")?.members[0]?.memberId ?? "";
  const sync = { memberId: member, instanceId: null, generationId: 1, protocolType: null, protocolName: null };
  const assignments = new Map([[member, Buffer.alloc(11)]]);
  expect((await groups.sync("one", { ...sync, assignments }, open)).error).toBe("POLICY_VIOLATION");
});

test("a group that cannot be stored sends its members to ask again", async () => {
  const { start, files, events } = coordinator();
  const table = openTable(files, "groups");
  const disk: { fault?: KafkaFault } = {};
  const groups = start({
    entries: table.entries,
    change(changes) {
      if (disk.fault) throw disk.fault;
      table.change(changes);
    },
    close() {},
  });
  const member = await stable(groups, "readers");
  disk.fault = new KafkaFault("KAFKA_STORAGE_ERROR", "The disk is full.");
  const again = { ...anew(), memberId: member.memberId };
  expect((await groups.join("readers", again, open)).error).toBe("COORDINATOR_NOT_AVAILABLE");
  expect(events).toEqual(["broker.group.unstored"]);
  expect(() => commitTo(groups, "others", "a", 1n)).toThrow("The disk is full.");
  delete disk.fault;
  expect((await groups.join("readers", again, open)).error).toBe("NONE");
});

test("who has gone is not waited for with an answer, and the others are told theirs", async () => {
  const { start, clock } = coordinator();
  const groups = start();
  const member = await stable(groups, "readers");
  const leaving = new AbortController();
  let told = false;
  const gone = groups.join("readers", anew(), leaving.signal).then(() => {
    told = true;
  });
  const waiting = groups.join("readers", anew(), open);
  leaving.abort();
  const again = await groups.join("readers", { ...anew(), memberId: member.memberId }, open);
  expect(again.members).toHaveLength(3);
  expect((await waiting).generationId).toBe(2);
  clock.now = 60_000;
  groups.runDue();
  expect(await Promise.race([gone, Promise.resolve("nothing")])).toBe("nothing");
  expect(told).toBe(false);
});

test("sessions end by the coordinator's own timer", async () => {
  const { files } = coordinator();
  const groups = openGroups({
    table: openTable(files, "timed"),
    topics: { get: () => undefined, byId: () => undefined },
    now: Date.now,
    emit() {},
    settings: { sessionTimeoutMsMin: 1 },
  });
  await groups.join("readers", { ...anew(), sessionTimeoutMs: 20 }, open);
  await until("the session is over", () => groups.describe("readers")?.state === "Empty");
  groups.close();
});
