import type { ErrorName } from "../protocol/index.ts";
import type { Offsets } from "./offsets.ts";
import type { Committer, NewOffset, OffsetsOfTopic } from "./types.ts";

export interface CommitParts {
  readonly offsets: Offsets;
  readonly topics: TopicsThere;
  readonly now: number;
  readonly offsetMetadataMax: number;
  /** Whether the caller may commit for the group now. */
  readonly check: (groupId: string, who: Committer) => ErrorName;
}

/** Which topics there are: all that offsets need to know of them. */
export interface TopicsThere {
  get(name: string): { readonly id: string; readonly partitions: { readonly length: number } } | undefined;
  byId(id: string): { readonly name: string } | undefined;
}

/** Stores offsets, and says for each partition what came of it, in the order of the request. */
export function commitOffsets(
  { offsets, topics, now, offsetMetadataMax, check }: CommitParts,
  groupId: string,
  who: Committer,
  asked: readonly OffsetsOfTopic[],
): readonly (readonly ErrorName[])[] {
  const isThere = (topic: string | undefined, partition: number): topic is string =>
    topic !== undefined && partition >= 0 && partition < (topics.get(topic)?.partitions.length ?? 0);
  // Where nothing could be stored in any case, the group is not asked for.
  const any = asked.some(({ topic, partitions }) => partitions.some(({ partition }) => isThere(topic, partition)));
  const refused = any ? check(groupId, who) : "NONE";
  const accepted: NewOffset[] = [];
  const errors = asked.map(({ topic, partitions }) =>
    partitions.map((one): ErrorName => {
      if (!isThere(topic, one.partition))
        return topic === undefined ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
      if (refused !== "NONE") return refused;
      if ((one.metadata?.length ?? 0) > offsetMetadataMax) return "OFFSET_METADATA_TOO_LARGE";
      accepted.push({ ...one, topic });
      return "NONE";
    }),
  );
  offsets.commit(groupId, accepted, now, who.producerId);
  return errors;
}
