import { type AssignorName, NOTHING, type Place, placeOf, topicIdOf } from "./state.ts";

/** A member as it is to be given partitions. */
export interface Subscriber {
  readonly id: string;
  readonly instanceId: string | null;
  readonly topicIds: ReadonlySet<string>;
}

export interface ToShareOut {
  readonly subscribers: readonly Subscriber[];
  /** Numbers of partitions by topic id. */
  readonly partitions: ReadonlyMap<string, number>;
  /** Who was to have what until now. */
  readonly former: ReadonlyMap<string, ReadonlySet<Place>>;
}

type Shares = ReadonlyMap<string, ReadonlySet<Place>>;

export const ASSIGNORS: Readonly<Record<AssignorName, (given: ToShareOut) => Shares>> = { uniform, range };

/** Gives everybody as many as the others, as far as subscriptions allow, and moves no more than that takes. */
function uniform({ subscribers, partitions, former }: ToShareOut): Shares {
  const shares = new Map(subscribers.map(({ id }) => [id, new Set<Place>()]));
  const free = new Set(
    [...partitions].flatMap(([topicId, count]) => Array.from({ length: count }, (_, at) => placeOf(topicId, at))),
  );
  for (const { id, topicIds } of subscribers) {
    for (const place of former.get(id) ?? NOTHING) {
      if (topicIds.has(topicIdOf(place)) && free.delete(place)) shares.get(id)?.add(place);
    }
  }
  const sizeOf = ({ id }: Subscriber): number => shares.get(id)?.size ?? 0;
  const leastLoaded = (topicId: string): Subscriber | undefined => {
    let least: Subscriber | undefined;
    for (const one of subscribers) {
      if (one.topicIds.has(topicId) && (!least || sizeOf(one) < sizeOf(least))) least = one;
    }
    return least;
  };
  for (const place of free) {
    const taker = leastLoaded(topicIdOf(place));
    if (taker) shares.get(taker.id)?.add(place);
  }
  // Each move makes the two more alike, so that there is an end.
  for (let moved = true; moved; ) {
    moved = false;
    for (const giver of subscribers.toSorted((one, other) => sizeOf(other) - sizeOf(one))) {
      for (const place of [...(shares.get(giver.id) ?? NOTHING)].toReversed()) {
        const taker = leastLoaded(topicIdOf(place));
        if (!taker || sizeOf(taker) + 1 >= sizeOf(giver)) continue;
        shares.get(giver.id)?.delete(place);
        shares.get(taker.id)?.add(place);
        moved = true;
      }
    }
  }
  return shares;
}

/** Gives each a range of each topic's partitions, the same members the same numbers in all topics. */
function range({ subscribers, partitions }: ToShareOut): Shares {
  const shares = new Map(subscribers.map(({ id }) => [id, new Set<Place>()]));
  // Static members first: their order stays the same when they come back under another id.
  const ordered = subscribers.toSorted((one, other) => compare(orderOf(one), orderOf(other)));
  for (const [topicId, count] of partitions) {
    const takers = ordered.filter(({ topicIds }) => topicIds.has(topicId));
    let next = 0;
    for (const [at, { id }] of takers.entries()) {
      const quota = Math.floor(count / takers.length) + (at < count % takers.length ? 1 : 0);
      for (const end = next + quota; next < end; next++) shares.get(id)?.add(placeOf(topicId, next));
    }
  }
  return shares;
}

const orderOf = ({ id, instanceId }: Subscriber): string => (instanceId === null ? `1${id}` : `0${instanceId}`);

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
