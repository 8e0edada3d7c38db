import type { ReadOptions } from "../log/index.ts";
import { ledHere, type Partition } from "../partition.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import {
  ERROR_CODES,
  type ErrorName,
  KafkaFault,
  MESSAGES,
  type RequestOf,
  type ResponseInput,
} from "../protocol/index.ts";

type Asked = RequestOf<typeof MESSAGES.listOffsets>["topics"][number]["partitions"][number];
type PartitionAnswer = ResponseInput<typeof MESSAGES.listOffsets>["topics"][number]["partitions"][number];
type Place = Pick<PartitionAnswer, "offset" | "timestamp" | "leaderEpoch">;

/** Offsets that are asked for by a name instead of a time, with the first version that knows it. */
const NAMED: ReadonlyMap<
  bigint,
  { readonly since: number; find(partition: Partition, isolation: ReadOptions["isolation"]): Place }
> = new Map([
  [-1n, { since: 1, find: latest }],
  [-2n, { since: 1, find: earliest }],
  // The record with the newest timestamp (KIP-734).
  [-3n, { since: 7, find: newest }],
  // Nothing is stored anywhere else (KIP-405), so the earliest here is the earliest of all …
  [-4n, { since: 8, find: earliest }],
  // … and nothing is the latest of what is elsewhere, or on its way there.
  [-5n, { since: 9, find: () => NOWHERE }],
  [-6n, { since: 11, find: () => NOWHERE }],
]);

/** One that a reader of committed records cannot see yet is not answered, and neither is the newest that it can see. */
function newest({ log }: Partition, isolation: ReadOptions["isolation"]): Place {
  const found = log.maxTimestamp();
  const hidden = isolation === "read_committed" && found !== undefined && found.offset >= log.stableOffset;
  return found === undefined || hidden ? NOWHERE : found;
}

const NOWHERE: Place = { offset: -1n, timestamp: -1n, leaderEpoch: -1 };

/** Finds offsets by name or by time. */
export const listOffsets = defineHandler(MESSAGES.listOffsets, (context, { topics, isolationLevel }) => ({
  topics: topics.map(({ name, partitions }) => {
    const times = Map.groupBy(partitions, ({ partitionIndex }) => partitionIndex);
    return {
      name,
      partitions: [...times].map(([index, [asked, ...more]]) => {
        if (!asked || more.length > 0) return refused(index, "INVALID_REQUEST");
        return answer(context, name, asked, isolationLevel === 1 ? "read_committed" : "read_uncommitted");
      }),
    };
  }),
}));

function answer(
  context: RequestContext,
  name: string,
  { partitionIndex, currentLeaderEpoch, timestamp }: Asked,
  isolation: ReadOptions["isolation"],
): PartitionAnswer {
  const named = NAMED.get(timestamp);
  if (timestamp < 0n && (!named || context.version < named.since))
    return refused(partitionIndex, "UNSUPPORTED_VERSION");
  const partition = ledHere(context.topics.get(name), partitionIndex, { nodeId: context.nodeId, currentLeaderEpoch });
  if (typeof partition === "string") return refused(partitionIndex, partition);
  try {
    const place = named
      ? named.find(partition, isolation)
      : (partition.log.offsetForTime(timestamp, isolation) ?? NOWHERE);
    return { partitionIndex, errorCode: 0, ...place };
  } catch (error) {
    if (!(error instanceof KafkaFault)) throw error;
    return refused(partitionIndex, error.kind);
  }
}

function latest({ log, leaderEpoch }: Partition, isolation: ReadOptions["isolation"]): Place {
  return { offset: isolation === "read_committed" ? log.stableOffset : log.endOffset, leaderEpoch };
}

function earliest({ log, leaderEpoch }: Partition): Place {
  const epoch = log.epochAt(log.startOffset);
  return { offset: log.startOffset, leaderEpoch: epoch < 0 ? leaderEpoch : epoch };
}

const refused = (partitionIndex: number, error: ErrorName): PartitionAnswer => ({
  partitionIndex,
  errorCode: ERROR_CODES[error],
});
