import {
  assertHeartbeat,
  type ConsumerGroup,
  type Place,
  partitionOf,
  stateOf,
  topicIdOf,
} from "../group/consumer/index.ts";
import { openConsumer, type Rooms } from "./directory.ts";
import type { ConsumerDescription, Groups, OwnedTopic } from "./types.ts";

/** What members of groups of the newer protocol ask for, and what is asked of them. */
export function consumerVerbs(rooms: Rooms): Pick<Groups, "consumerHeartbeat" | "describeConsumer"> {
  const { consumers, topics } = rooms;
  const describeTopics = (places: ReadonlySet<Place>) =>
    // A topic that was deleted a moment ago is not told of.
    owned(places).flatMap(({ topicId, partitions }) => {
      const topicName = topics.byId(topicId)?.name;
      return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
    });
  return {
    consumerHeartbeat(groupId, request) {
      assertHeartbeat(groupId, request);
      const group = openConsumer(rooms, groupId, request.memberEpoch === 0);
      const { assignment, ...answer } = consumers.heartbeat(group, request);
      return { ...answer, assignment: assignment && owned(assignment) };
    },

    describeConsumer(groupId) {
      const group = consumers.all.get(groupId);
      return group && describe(group, describeTopics);
    },
  };
}

const describe = (
  group: ConsumerGroup,
  topicsOf: (places: ReadonlySet<Place>) => ConsumerDescription["members"][number]["assignment"],
): ConsumerDescription => ({
  state: stateOf(group),
  epoch: group.epoch,
  assignmentEpoch: group.assignmentEpoch,
  assignorName: group.assignorName,
  members: [...group.members.values()].map((member) => ({
    memberId: member.id,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.epoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.topics,
    assignment: topicsOf(member.assigned),
    targetAssignment: topicsOf(group.target.get(member.id) ?? new Set()),
  })),
});

/** Partitions by topic, in order. */
function owned(places: ReadonlySet<Place>): readonly OwnedTopic[] {
  const byTopic = Map.groupBy(places, topicIdOf);
  return [...byTopic].map(([topicId, all]) => ({
    topicId,
    partitions: all.map(partitionOf).toSorted((one, other) => one - other),
  }));
}
