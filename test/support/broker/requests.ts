import { MESSAGES, NIL_UUID, type RequestInput, type ResponseOf } from "../../../src/broker/protocol/index.ts";
import { until } from "../until.ts";
import type { WireClient } from "./client.ts";

/** Short forms of requests about one partition, which tests send again and again. */

type ProducedPartition = ResponseOf<typeof MESSAGES.produce>["responses"][number]["partitionResponses"][number];
export type FetchedPartition = ResponseOf<typeof MESSAGES.fetch>["responses"][number]["partitions"][number];
type ListedPartition = ResponseOf<typeof MESSAGES.listOffsets>["topics"][number]["partitions"][number];

export interface AppendOptions {
  readonly partition?: number;
  readonly acks?: number;
  readonly version?: number;
  readonly transactionalId?: string | null;
}

/** Appends to one partition, and gives its part of the answer. */
export async function append(
  client: WireClient,
  topic: string,
  records: Buffer | null,
  { partition = 0, acks = -1, version = 9, transactionalId = null }: AppendOptions = {},
): Promise<ProducedPartition> {
  const { responses } = await client.call(MESSAGES.produce, version, {
    transactionalId,
    acks,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  });
  return only(responses.flatMap(({ partitionResponses }) => partitionResponses));
}

type FetchPartition = RequestInput<typeof MESSAGES.fetch>["topics"][number]["partitions"][number];

export interface FetchOptions extends Partial<Omit<FetchPartition, "fetchOffset">> {
  readonly version?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly isolation?: "read_uncommitted" | "read_committed";
}

/** Fetches from one partition by its topic's name, so in version 12 at most, and gives its part of the answer. */
export async function fetchFrom(
  client: WireClient,
  topic: string,
  fetchOffset: bigint,
  { version = 12, maxWaitMs = 500, minBytes = 1, maxBytes = 1 << 24, isolation, ...partition }: FetchOptions = {},
): Promise<FetchedPartition> {
  const { responses } = await client.call(MESSAGES.fetch, version, {
    maxWaitMs,
    minBytes,
    maxBytes,
    isolationLevel: isolation === "read_committed" ? 1 : 0,
    topics: [{ topic, partitions: [{ partition: 0, partitionMaxBytes: 1 << 20, ...partition, fetchOffset }] }],
  });
  return only(responses.flatMap(({ partitions }) => partitions));
}

export const LATEST = -1n;
export const EARLIEST = -2n;

/** Asks for the offset of a time, or by one of Kafka's negative numbers for a name. */
export async function offsetOf(
  client: WireClient,
  topic: string,
  timestamp: bigint,
  {
    version = 7,
    partition = 0,
    isolationLevel = 0,
    currentLeaderEpoch = -1,
  }: { version?: number; partition?: number; isolationLevel?: number; currentLeaderEpoch?: number } = {},
): Promise<ListedPartition> {
  const { topics } = await client.call(MESSAGES.listOffsets, version, {
    replicaId: -1,
    isolationLevel,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp, currentLeaderEpoch }] }],
    timeoutMs: 10_000,
  });
  return only(topics.flatMap(({ partitions }) => partitions));
}

/** A topic's id, as soon as the broker that is asked knows it: in Apache Kafka that is a moment after it was made. */
export const topicIdOf = (client: WireClient, name: string): Promise<string> =>
  until(`${name} is known`, async () => {
    const { topics } = await client.call(MESSAGES.metadata, 12, {
      topics: [{ name, topicId: NIL_UUID }],
      allowAutoTopicCreation: false,
    });
    const { errorCode, topicId } = only(topics);
    return errorCode === 0 && topicId;
  });

/** The one element there must be. */
export function only<T>(list: readonly T[]): T {
  const [first, ...more] = list;
  if (first === undefined || more.length > 0) throw new Error(`${list.length} elements where one is expected`);
  return first;
}
