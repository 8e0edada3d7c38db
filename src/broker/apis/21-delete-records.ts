import { defineHandler, type RequestContext } from "../parts.ts";
import { ERROR_CODES, KafkaFault, MESSAGES } from "../protocol/index.ts";
import { attempt } from "./resources.ts";

/** Stands for the high watermark: everything there is. */
const ALL = -1n;

/** Deletes the records before an offset; the log then begins there. */
export const deleteRecords = defineHandler(MESSAGES.deleteRecords, (context, { topics }) => ({
  throttleTimeMs: 0,
  topics: topics
    .filter(({ partitions }) => partitions.length > 0)
    .map(({ name, partitions }) => ({
      name,
      partitions: [...new Map(partitions.map((one) => [one.partitionIndex, one.offset]))].map(
        ([partitionIndex, offset]) =>
          attempt(
            () => ({
              partitionIndex,
              lowWatermark: deleteBefore(context, name, partitionIndex, offset),
              errorCode: ERROR_CODES.NONE as number,
            }),
            ({ code }) => ({ partitionIndex, lowWatermark: -1n, errorCode: code }),
          ),
      ),
    })),
}));

function deleteBefore({ topics, nodeId }: RequestContext, name: string, index: number, offset: bigint): bigint {
  const partition = topics.partition(name, index);
  if (!partition) throw new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION");
  if (partition.topic.internal) throw new KafkaFault("INVALID_TOPIC_EXCEPTION");
  if (partition.leaderId !== nodeId) throw new KafkaFault("NOT_LEADER_OR_FOLLOWER");
  const { log } = partition;
  if (offset < ALL || offset > log.endOffset) throw new KafkaFault("OFFSET_OUT_OF_RANGE");
  return log.deleteBefore(offset === ALL ? log.endOffset : offset);
}
