import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, MESSAGES, type RequestOf } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** Forgets how far a group has read, in topics that its members do not read. */
export const offsetDelete = defineHandler(MESSAGES.offsetDelete, (context, request) => {
  const error = refuse(context, request.groupId);
  return {
    errorCode: ERROR_CODES[error],
    throttleTimeMs: 0,
    topics: error === "NONE" ? request.topics.map((topic) => forget(context, request.groupId, topic)) : [],
  };
});

function refuse(context: RequestContext, groupId: string) {
  if (groupId === "") return "INVALID_GROUP_ID";
  return isCoordinator(context, groupId) ? context.groups.refuseOffsetDelete(groupId) : "NOT_COORDINATOR";
}

function forget(
  { groups, topics }: RequestContext,
  groupId: string,
  { name, partitions }: RequestOf<typeof MESSAGES.offsetDelete>["topics"][number],
) {
  const there = partitions
    .map(({ partitionIndex }) => partitionIndex)
    .filter((index) => topics.partition(name, index) !== undefined);
  const error = there.length > 0 ? groups.deleteOffsets(groupId, name, there) : "NONE";
  return {
    name,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: ERROR_CODES[there.includes(partitionIndex) ? error : "UNKNOWN_TOPIC_OR_PARTITION"],
    })),
  };
}
