import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

type Request = RequestOf<typeof MESSAGES.offsetFetch>;
type TopicAnswer = NonNullable<ResponseInput<typeof MESSAGES.offsetFetch>["topics"]>[number] & {
  readonly topicId: string;
};
interface GroupAnswer {
  readonly groupId: string;
  readonly errorCode: number;
  readonly topics: readonly TopicAnswer[];
}
type PartitionAnswer = TopicAnswer["partitions"][number];

/** Says how far groups have read. */
export const offsetFetch = defineHandler(MESSAGES.offsetFetch, (context, request) => {
  if (context.version >= 8) {
    return { throttleTimeMs: 0, groups: request.groups.map((asked) => fetchGroup(context, asked, request)) };
  }
  // Up to version 7 one group is asked for.
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: "" })) ?? null;
  const { topics: answers, errorCode } = fetchGroup(
    context,
    { groupId: request.groupId, memberId: null, memberEpoch: -1, topics },
    request,
  );
  return {
    throttleTimeMs: 0,
    topics: answers.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((one) => ({ ...one, errorCode: one.errorCode || errorCode })),
    })),
    errorCode,
  };
});

function fetchGroup(
  context: RequestContext,
  asked: Request["groups"][number],
  { requireStable }: Request,
): GroupAnswer {
  const { groups, topics, version } = context;
  const { groupId } = asked;
  if (!isCoordinator(context, groupId)) return { groupId, errorCode: ERROR_CODES.NOT_COORDINATOR, topics: [] };
  const refused = groups.refuseOffsetFetch(groupId, asked.memberId, asked.memberEpoch);
  if (refused !== "NONE") return { groupId, errorCode: ERROR_CODES[refused], topics: [] };
  const all = () => groups.topicsOf(groupId).map((name) => ({ name, topicId: topics.get(name)?.id ?? "" }));
  const wanted: readonly { name: string; topicId: string; partitionIndexes?: readonly number[] }[] =
    asked.topics ?? all();
  return {
    groupId,
    errorCode: 0,
    topics: wanted.map(({ name, topicId, partitionIndexes }): TopicAnswer => {
      const topic = version >= 10 ? topics.byId(topicId)?.name : name;
      if (topic === undefined) return { name, topicId, partitions: (partitionIndexes ?? []).map(unknownTopic) };
      const partitions = groups.offsets(groupId, topic, partitionIndexes);
      return {
        name,
        topicId,
        partitions: partitions.map(({ partition, committed, unstable }): PartitionAnswer => {
          if (unstable && requireStable) return nothing(partition, "UNSTABLE_OFFSET_COMMIT");
          if (!committed) return nothing(partition, "NONE");
          return {
            partitionIndex: partition,
            committedOffset: committed.offset,
            committedLeaderEpoch: committed.leaderEpoch,
            metadata: committed.metadata,
            errorCode: 0,
          };
        }),
      };
    }),
  };
}

const unknownTopic = (partition: number): PartitionAnswer => nothing(partition, "UNKNOWN_TOPIC_ID");

const nothing = (
  partitionIndex: number,
  error: "NONE" | "UNSTABLE_OFFSET_COMMIT" | "UNKNOWN_TOPIC_ID",
): PartitionAnswer => ({
  partitionIndex,
  committedOffset: -1n,
  committedLeaderEpoch: -1,
  metadata: "",
  errorCode: ERROR_CODES[error],
});
