import type { ConsumerGroup } from "../group/consumer/index.ts";
import type { ClassicGroup } from "../group/index.ts";
import { KafkaFault } from "../protocol/index.ts";
import type { ClassicGroups } from "./classic-groups.ts";
import type { TopicsThere } from "./commit-offsets.ts";
import type { ConsumerGroups } from "./consumer-groups.ts";
import type { Offsets } from "./offsets.ts";
import type { CoordinatorSettings } from "./settings.ts";

/** What the coordinator's parts work on together. */
export interface Rooms {
  readonly classic: ClassicGroups;
  readonly consumers: ConsumerGroups;
  readonly offsets: Offsets;
  readonly topics: TopicsThere;
  readonly now: () => number;
  readonly settings: CoordinatorSettings;
}

/** Whether there is a group of this name, of either kind. */
export const isThere = ({ classic, consumers }: Rooms, groupId: string): boolean =>
  classic.all.has(groupId) || consumers.all.has(groupId);

/** The classic group of this name, made where there is none and room for one. An empty group of the other kind becomes one. */
export function openClassic(rooms: Rooms, groupId: string): ClassicGroup | undefined {
  const { classic, consumers } = rooms;
  const other = consumers.all.get(groupId);
  if (other?.members.size === 0) consumers.delete(other);
  else if (other || (!classic.all.has(groupId) && !hasRoom(rooms))) return undefined;
  return classic.open(groupId, other?.epoch);
}

/** The group of the newer protocol, made for who joins; an empty classic group becomes one. Throws a KafkaFault. */
export function openConsumer(rooms: Rooms, groupId: string, joins: boolean): ConsumerGroup {
  const { classic, consumers } = rooms;
  const there = consumers.all.get(groupId);
  if (there) return there;
  const other = classic.all.get(groupId);
  if (other && !(joins && other.state === "empty" && other.pendingJoins.size === 0)) {
    throw new KafkaFault("GROUP_ID_NOT_FOUND", `Group ${groupId} is not a consumer group.`);
  }
  if (!joins) throw new KafkaFault("GROUP_ID_NOT_FOUND", `Group ${groupId} not found.`);
  if (!other && !hasRoom(rooms)) throw new KafkaFault("POLICY_VIOLATION", "There are as many groups as are allowed.");
  if (other) classic.delete(other);
  return consumers.open(groupId, other?.generationId ?? 0);
}

const hasRoom = ({ classic, consumers, settings }: Rooms): boolean =>
  classic.all.size + consumers.all.size < settings.groupsMax;
