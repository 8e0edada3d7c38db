import { type ClassicGroup, isSubscribedTo } from "../group/index.ts";
import type { ClassicGroups } from "./classic-groups.ts";
import type { Offsets } from "./offsets.ts";
import type { CommittedOffset } from "./types.ts";

/** Forgets offsets that nobody has used for longer than they are kept, and then groups without any. */
export function expireOffsets({
  classic,
  offsets,
  now,
  settings,
}: {
  readonly classic: ClassicGroups;
  readonly offsets: Offsets;
  readonly now: number;
  readonly settings: { readonly offsetsRetentionMs: number };
}): void {
  offsets.forget(({ groupId, topic, partition, producerId }) => {
    const group = classic.all.get(groupId);
    const committed = offsets.get(groupId, topic, partition);
    if (!group || !committed || producerId !== undefined || offsets.isPending(groupId, topic, partition)) return false;
    const from = isSubscribedTo(group, topic) ? undefined : unusedSince(group, committed);
    return from !== undefined && now >= (committed.expiresAt ?? from + settings.offsetsRetentionMs);
  });
  for (const group of [...classic.all.values()]) {
    const used = group.pendingJoins.size > 0 || offsets.hasPending(group.id) || offsets.topics(group.id).length > 0;
    if (group.state === "empty" && !used) classic.delete(group);
  }
}

/** From when on an offset is of no use; undefined while it may be, for all that the coordinator can tell. */
function unusedSince(group: ClassicGroup, { committedAt }: CommittedOffset): number | undefined {
  // Whoever commits without joining does nothing else by which one could see that it is there.
  if (group.protocolType === null) return committedAt;
  if (group.state === "empty") return Math.max(group.since, committedAt);
  // Consumers that read, but not this topic any more.
  return group.state === "stable" && group.subscribedTopics !== undefined ? committedAt : undefined;
}
