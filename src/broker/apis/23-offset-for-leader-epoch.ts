import { ledHere } from "../partition.ts";
import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES } from "../protocol/index.ts";

/** Tells where an epoch of a partition ended. */
export const offsetForLeaderEpoch = defineHandler(MESSAGES.offsetForLeaderEpoch, ({ topics, nodeId }, request) => ({
  throttleTimeMs: 0,
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch: asked }) => {
      const partition = ledHere(topics.get(topic), index, { nodeId, currentLeaderEpoch });
      if (typeof partition === "string") return { partition: index, errorCode: ERROR_CODES[partition] };
      const { epoch, endOffset } = partition.log.endOfEpoch(asked);
      return { partition: index, errorCode: 0, leaderEpoch: epoch, endOffset };
    }),
  })),
}));
