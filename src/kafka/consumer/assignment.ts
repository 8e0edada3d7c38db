import { WireReader, WireWriter } from "../wire.ts";

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

export interface Subscription {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Divides partitions among members. Every client of a group must come to the same names for its strategies. */
type Strategy = (
  members: readonly Subscription[],
  partitionsOf: ReadonlyMap<string, number>,
) => Map<string, Assignment>;

/**
 * The strategies we offer, the most liked first; the coordinator picks one that every member offers. The first two are
 * Java's and librdkafka's, the third is what kafkajs calls its own, so that a group may mix clients while it is moved over.
 */
export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([
  ["roundrobin", roundRobin],
  ["range", range],
  ["RoundRobinAssigner", roundRobin],
]);

/** One partition after the other, each to the next member that reads its topic. As Java's RoundRobinAssignor. */
function roundRobin(
  members: readonly Subscription[],
  partitionsOf: ReadonlyMap<string, number>,
): Map<string, Assignment> {
  const sorted = byMemberId(members);
  const assigned = new Map(sorted.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  let turn = 0;
  for (const topic of topicsOf(members)) {
    const readers = new Set(sorted.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId));
    for (let partition = 0; partition < (partitionsOf.get(topic) ?? 0); partition++) {
      while (!readers.has(sorted[turn % sorted.length]?.memberId ?? "")) turn++;
      give(assigned, sorted[turn % sorted.length]?.memberId ?? "", topic, partition);
      turn++;
    }
  }
  return assigned;
}

/** Topic by topic, a run of neighbouring partitions to each member. As Java's RangeAssignor. */
function range(members: readonly Subscription[], partitionsOf: ReadonlyMap<string, number>): Map<string, Assignment> {
  const sorted = byMemberId(members);
  const assigned = new Map(sorted.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  for (const topic of topicsOf(members)) {
    const readers = sorted.filter(({ topics }) => topics.includes(topic));
    const partitions = partitionsOf.get(topic) ?? 0;
    const each = Math.floor(partitions / readers.length);
    const oneMore = partitions % readers.length;
    let next = 0;
    for (const [index, { memberId }] of readers.entries()) {
      const end = next + each + (index < oneMore ? 1 : 0);
      for (; next < end; next++) give(assigned, memberId, topic, next);
    }
  }
  return assigned;
}

function give(assigned: Map<string, Map<string, number[]>>, memberId: string, topic: string, partition: number): void {
  const own = assigned.get(memberId);
  const partitions = own?.get(topic);
  if (partitions === undefined) own?.set(topic, [partition]);
  else partitions.push(partition);
}

function byMemberId(members: readonly Subscription[]): readonly Subscription[] {
  return members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
}

/** Sorted by code unit, as Java's TreeMap does. */
export function topicsOf(members: readonly Subscription[]): string[] {
  return [...new Set(members.flatMap(({ topics }) => topics))].sort((one, other) => (one < other ? -1 : 1));
}

/** A member's metadata in JoinGroup: ConsumerProtocolSubscription version 0, which every client reads. */
export function encodeSubscription(topics: readonly string[]): Buffer {
  const writer = new WireWriter().int16(0);
  return writer
    .array(topics, (topic, to) => to.string(topic))
    .bytes(new Uint8Array(0))
    .done();
}

/** Reads any version: later ones only append fields. */
export function decodeSubscription(memberId: string, bytes: Buffer): Subscription {
  const reader = new WireReader(bytes);
  reader.int16();
  return { memberId, topics: reader.array((from) => from.string()) };
}

/** A member's share in SyncGroup: ConsumerProtocolAssignment version 0. */
export function encodeAssignment(assignment: Assignment): Buffer {
  const writer = new WireWriter().int16(0);
  return writer
    .array([...assignment], ([topic, partitions], to) =>
      to.string(topic).array(partitions, (partition, into) => into.int32(partition)),
    )
    .bytes(new Uint8Array(0))
    .done();
}

/** Reads any version. No bytes at all mean no partitions: what a leader sends for a member that it gave none. */
export function decodeAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return new Map();
  const reader = new WireReader(bytes);
  reader.int16();
  return new Map(reader.array((from) => [from.string(), from.array((inner) => inner.int32())] as const));
}
