import { ERROR_CODES, type ErrorName } from "../protocol/index.ts";
import type { GroupAnswer, GroupRequest, Groups } from "./types.ts";

/** What producers do not know of. */
const UNTOLD: ReadonlySet<ErrorName> = new Set<ErrorName>(["GROUP_ID_NOT_FOUND", "STALE_MEMBER_EPOCH"]);

/** Keeps the offsets of a transaction aside, and answers as OffsetCommit does. */
export function commitInTransaction(
  groups: Pick<Groups, "commit">,
  request: GroupRequest<"txnOffsetCommit">,
): GroupAnswer<"txnOffsetCommit"> {
  const { groupId, generationId, memberId, groupInstanceId, producerId } = request;
  const who = { generationId, memberId, instanceId: groupInstanceId, transactional: true, producerId };
  // Kafka takes the empty group in OffsetCommit, and not here.
  const errors =
    groupId === ""
      ? []
      : groups.commit(
          groupId,
          who,
          request.topics.map(({ name, partitions }) => ({
            topic: name,
            partitions: partitions.map((one) => ({
              partition: one.partitionIndex,
              offset: one.committedOffset,
              leaderEpoch: one.committedLeaderEpoch,
              metadata: one.committedMetadata,
            })),
          })),
        );
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitions }, at) => ({
      name,
      partitions: partitions.map(({ partitionIndex }, index) => {
        const error = errors[at]?.[index] ?? "INVALID_GROUP_ID";
        return { partitionIndex, errorCode: ERROR_CODES[UNTOLD.has(error) ? "ILLEGAL_GENERATION" : error] };
      }),
    })),
  };
}
