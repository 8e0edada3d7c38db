import type { Table } from "../log/index.ts";
import type { CommittedOffset, NewOffset } from "./types.ts";

/** An offset as it is stored. `order` counts commits, so that the later of two is known. */
interface Stored {
  readonly offset: string;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly committedAt: number;
  readonly expiresAt?: number;
  readonly order: number;
}

type Change = readonly [place: Place, stored: Stored | undefined];

/** What groups have committed: by group, topic and partition. */
type ByPartition = Map<number, Stored>;
type ByTopic = Map<string, ByPartition>;

/**
 * The offsets of all groups, those of open transactions aside. They are in the table when a call returns, each under the
 * names of its group, topic and partition.
 */
export class Offsets {
  readonly #table: Table;
  readonly #committed = new Map<string, ByTopic>();
  /** By group, then by producer. */
  readonly #pending = new Map<string, Map<bigint, ByTopic>>();
  #order = 0;

  constructor(table: Table) {
    this.#table = table;
    for (const [key, value] of table.entries) {
      const place = placeOf(key);
      if (!place) continue;
      // Only `#change` writes under such keys.
      const stored = value as Stored;
      this.#put(place, stored);
      this.#order = Math.max(this.#order, stored.order);
    }
  }

  get groups(): Iterable<string> {
    return this.#committed.keys();
  }

  topics(groupId: string): readonly string[] {
    return [...(this.#committed.get(groupId)?.keys() ?? [])];
  }

  partitions(groupId: string, topic: string): readonly number[] {
    return [...(this.#committed.get(groupId)?.get(topic)?.keys() ?? [])];
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    const stored = this.#committed.get(groupId)?.get(topic)?.get(partition);
    return stored && { ...stored, offset: BigInt(stored.offset) };
  }

  /** Whether an open transaction is about to change the offset. */
  isPending(groupId: string, topic: string, partition: number): boolean {
    const producers = this.#pending.get(groupId)?.values() ?? [];
    return producers.some((topics) => topics.get(topic)?.has(partition) === true);
  }

  hasPending(groupId: string): boolean {
    return this.#pending.has(groupId);
  }

  /** Stores offsets, all or none; with a producer they wait for the end of its transaction. */
  commit(groupId: string, offsets: readonly NewOffset[], now: number, producerId?: bigint): void {
    this.#change(
      offsets.map(({ topic, partition, offset, leaderEpoch, metadata, expiresAt }) => {
        this.#order += 1;
        const stored: Stored = {
          offset: offset.toString(),
          leaderEpoch,
          metadata: metadata ?? "",
          committedAt: now,
          order: this.#order,
          ...(expiresAt !== undefined && { expiresAt }),
        };
        return [{ groupId, topic, partition, producerId }, stored];
      }),
    );
  }

  /** Ends a producer's transaction: a pending offset counts unless a later one was committed without the transaction. */
  end(groupId: string, producerId: bigint, committed: boolean): void {
    const changes: Change[] = [];
    for (const [topic, partitions] of this.#pending.get(groupId)?.get(producerId) ?? []) {
      for (const [partition, pending] of partitions) {
        const current = this.#committed.get(groupId)?.get(topic)?.get(partition);
        changes.push([{ groupId, topic, partition, producerId }, undefined]);
        if (committed && (current === undefined || current.order < pending.order)) {
          changes.push([{ groupId, topic, partition, producerId: undefined }, pending]);
        }
      }
    }
    this.#change(changes);
  }

  /** Forgets a group's offsets in some partitions of a topic, those that transactions were about to store too. */
  forgetIn(groupId: string, topic: string, partitions: readonly number[]): void {
    const producers = [undefined, ...(this.#pending.get(groupId)?.keys() ?? [])];
    const places = producers.flatMap((producerId) =>
      partitions.map((partition) => ({ groupId, topic, partition, producerId })),
    );
    this.#change(places.filter((place) => this.#has(place)).map((place) => [place, undefined]));
  }

  /** Forgets what was committed, and what transactions were about to, where `chosen` says so. */
  forget(chosen: (place: Place) => boolean): void {
    this.#change([...this.#places()].filter(chosen).map((place) => [place, undefined]));
  }

  #has({ groupId, topic, partition, producerId }: Place): boolean {
    const topics =
      producerId === undefined ? this.#committed.get(groupId) : this.#pending.get(groupId)?.get(producerId);
    return topics?.get(topic)?.has(partition) === true;
  }

  *#places(): Generator<Place> {
    for (const [groupId, topics] of this.#committed) yield* placesIn(topics, groupId, undefined);
    for (const [groupId, producers] of this.#pending) {
      for (const [producerId, topics] of producers) yield* placesIn(topics, groupId, producerId);
    }
  }

  #change(changes: readonly Change[]): void {
    this.#table.change(changes.map(([place, stored]) => [keyOf(place), stored]));
    for (const [place, stored] of changes) {
      if (stored) this.#put(place, stored);
      else this.#drop(place);
    }
  }

  #put({ groupId, topic, partition, producerId }: Place, stored: Stored): void {
    const topics =
      producerId === undefined
        ? inside(this.#committed, groupId, newMap<string, ByPartition>)
        : inside(inside(this.#pending, groupId, newMap<bigint, ByTopic>), producerId, newMap<string, ByPartition>);
    inside(topics, topic, newMap<number, Stored>).set(partition, stored);
  }

  #drop({ groupId, topic, partition, producerId }: Place): void {
    const producers = this.#pending.get(groupId);
    const topics = producerId === undefined ? this.#committed.get(groupId) : producers?.get(producerId);
    const partitions = topics?.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) topics?.delete(topic);
    if (topics?.size !== 0) return;
    if (producerId === undefined) this.#committed.delete(groupId);
    else producers?.delete(producerId);
    if (producers?.size === 0) this.#pending.delete(groupId);
  }
}

export interface Place {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Whose transaction the offset is part of. */
  readonly producerId: bigint | undefined;
}

const COMMITTED = "offset";
const PENDING = "pending offset";

const keyOf = ({ groupId, topic, partition, producerId }: Place): string =>
  JSON.stringify(
    producerId === undefined
      ? [COMMITTED, groupId, topic, partition]
      : [PENDING, groupId, topic, partition, producerId.toString()],
  );

/** The table is shared with the groups themselves, whose keys begin with another word. */
function placeOf(key: string): Place | undefined {
  const [word, groupId, topic, partition, producerId]: unknown[] = JSON.parse(key);
  if (word !== COMMITTED && word !== PENDING) return undefined;
  return {
    groupId: String(groupId),
    topic: String(topic),
    partition: Number(partition),
    producerId: word === PENDING ? BigInt(String(producerId)) : undefined,
  };
}

function* placesIn(topics: ByTopic, groupId: string, producerId: bigint | undefined): Generator<Place> {
  for (const [topic, partitions] of topics) {
    for (const partition of partitions.keys()) yield { groupId, topic, partition, producerId };
  }
}

const newMap = <K, V>(): Map<K, V> => new Map();

function inside<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make();
  map.set(key, made);
  return made;
}
