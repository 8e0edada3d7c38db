import type { ClassicGroup } from "../group/index.ts";
import type { Rooms } from "./directory.ts";
import { isRead } from "./offset-verbs.ts";
import type { Place } from "./offsets.ts";
import type { CommittedOffset } from "./types.ts";

/** Forgets offsets that nobody has used for longer than they are kept, and then groups without any. */
export function expireOffsets(rooms: Rooms): void {
  const { classic, consumers, offsets } = rooms;
  offsets.forget((place) => isOutdated(rooms, place));
  const isIdle = (groupId: string) => !offsets.hasPending(groupId) && offsets.topics(groupId).length === 0;
  for (const group of [...classic.all.values()]) {
    if (group.state === "empty" && group.pendingJoins.size === 0 && isIdle(group.id)) classic.delete(group);
  }
  for (const group of [...consumers.all.values()]) {
    if (group.members.size === 0 && isIdle(group.id)) consumers.delete(group);
  }
}

function isOutdated(rooms: Rooms, { groupId, topic, partition, producerId }: Place): boolean {
  const { classic, offsets, settings } = rooms;
  const committed = offsets.get(groupId, topic, partition);
  if (!committed || producerId !== undefined || offsets.isPending(groupId, topic, partition)) return false;
  if (isRead(rooms, groupId, topic)) return false;
  const group = classic.all.get(groupId);
  const from = group ? unusedSince(group, committed) : committed.committedAt;
  return from !== undefined && rooms.now() >= (committed.expiresAt ?? from + settings.offsetsRetentionMs);
}

/** From when on an offset is of no use; undefined while it may be, for all that the coordinator can tell. */
function unusedSince(group: ClassicGroup, { committedAt }: CommittedOffset): number | undefined {
  // Whoever commits without joining does nothing else by which one could see that it is there.
  if (group.protocolType === null) return committedAt;
  if (group.state === "empty") return Math.max(group.since, committedAt);
  // Consumers that read, but not this topic any more.
  return group.state === "stable" && group.subscribedTopics !== undefined ? committedAt : undefined;
}
