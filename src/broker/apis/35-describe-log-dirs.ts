import { defineHandler, type RequestContext } from "../parts.ts";
import { MESSAGES, type RequestOf } from "../protocol/index.ts";
import { roomOf } from "../room.ts";

type Asked = RequestOf<typeof MESSAGES.describeLogDirs>["topics"];

/** Tells how large the partitions are that the node leads, and how much room there is. */
export const describeLogDirs = defineHandler(MESSAGES.describeLogDirs, (context, request) => {
  const topics = sizes(context, request.topics);
  const { totalBytes, usableBytes } = roomOf(context);
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    results: [{ errorCode: 0, logDir: context.files.place, topics, totalBytes, usableBytes, isCordoned: false }],
  };
});

/** There is one log for all replicas: only its leader counts it. Null asks for all; what is not there is passed over. */
function sizes({ topics, nodeId }: RequestContext, asked: Asked) {
  const wanted = asked && new Map(asked.map(({ topic, partitions }) => [topic, partitions]));
  return [...topics.all.values()]
    .map(({ name, partitions }) => ({
      name,
      partitions: partitions
        .filter(({ index, leaderId }) => leaderId === nodeId && (wanted?.get(name)?.includes(index) ?? !wanted))
        .map(({ index, log }) => ({
          partitionIndex: index,
          partitionSize: BigInt(log.bytes),
          offsetLag: 0n,
          isFutureKey: false,
        })),
    }))
    .filter(({ partitions }) => partitions.length > 0);
}
