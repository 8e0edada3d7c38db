import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, type ErrorName, MESSAGES, type RequestOf } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

type Request = RequestOf<typeof MESSAGES.offsetCommit>;

/** Stores how far a group has read. */
export const offsetCommit = defineHandler(MESSAGES.offsetCommit, (context, request) => {
  const errors = isCoordinator(context, request.groupId) ? commit(context, request) : [];
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, topicId, partitions }, at) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }, index) => ({
        partitionIndex,
        errorCode: ERROR_CODES[toldTo(context.version, errors[at]?.[index] ?? "NOT_COORDINATOR")],
      })),
    })),
  };
});

function commit({ groups, topics, version, now }: RequestContext, request: Request) {
  const { groupId, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId, retentionTimeMs } = request;
  // Versions up to 4 may say how long the offsets are to be kept.
  const expiresAt = retentionTimeMs < 0n ? undefined : now() + Number(retentionTimeMs);
  return groups.commit(
    groupId,
    { memberId, generationId, instanceId: groupInstanceId, transactional: false, knowsEpochs: version >= 9 },
    request.topics.map(({ name, topicId, partitions }) => ({
      topic: version >= 10 ? topics.byId(topicId)?.name : name,
      partitions: partitions.map((one) => ({
        partition: one.partitionIndex,
        offset: one.committedOffset,
        leaderEpoch: one.committedLeaderEpoch,
        metadata: one.committedMetadata,
        expiresAt,
      })),
    })),
  );
}

/** Clients before version 9 do not know that a group may be missing, and join again after a generation that is not. */
const toldTo = (version: number, error: ErrorName): ErrorName =>
  error === "GROUP_ID_NOT_FOUND" && version < 9 ? "ILLEGAL_GENERATION" : error;
