import { ASSIGNORS } from "./assignors.ts";
import { ASSIGNOR_NAMES, type AssignorName, bumpEpoch, type ConsumerGroup, type ConsumerTurn } from "./state.ts";

/** Begins an epoch where topics that the group reads have come, gone or grown. */
export function noticeTopics(group: ConsumerGroup, turn: ConsumerTurn): void {
  const seen = JSON.stringify([...topicsOf(group, turn)].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  if (seen === group.topicsSeen) return;
  // The first look is that of a member that has begun an epoch by coming.
  if (group.topicsSeen !== "" && group.epoch === group.assignmentEpoch) bumpEpoch(group, turn);
  group.topicsSeen = seen;
}

/** Decides anew who is to have what, where the epoch has moved on since it was decided. */
export function shareOut(group: ConsumerGroup, turn: ConsumerTurn): void {
  if (group.epoch === group.assignmentEpoch) return;
  const topics = topicsOf(group, turn);
  group.assignorName = chooseAssignor(group);
  group.target = ASSIGNORS[group.assignorName]({
    subscribers: [...group.members.values()].map(({ id, instanceId, topics: names }) => ({
      id,
      instanceId,
      topicIds: new Set(names.flatMap((name) => topics.get(name)?.id ?? [])),
    })),
    partitions: new Map(topics.values().map(({ id, partitions }) => [id, partitions])),
    former: group.target,
  });
  group.assignmentEpoch = group.epoch;
}

/** The topics that members read and that there are, by name. */
function topicsOf({ members }: ConsumerGroup, { topics }: ConsumerTurn) {
  const found = new Map<string, { readonly id: string; readonly partitions: number }>();
  for (const name of new Set(members.values().flatMap((member) => member.topics))) {
    const topic = topics(name);
    if (topic) found.set(name, topic);
  }
  return found;
}

/** What most members ask for, of those that ask. */
function chooseAssignor({ members }: ConsumerGroup): AssignorName {
  const votes = (name: AssignorName): number =>
    members
      .values()
      .filter(({ assignor }) => assignor === name)
      .toArray().length;
  return ASSIGNOR_NAMES.reduce((best, name) => (votes(name) > votes(best) ? name : best));
}
