import type { Cluster } from "./cluster.ts";
import { errorOf, KafkaError } from "./errors.ts";

/** Where a log begins and ends: `earliest` is the first offset kept, `latest` the one after the last. */
export type LogEnd = "earliest" | "latest";

const TIMESTAMPS = { earliest: -2, latest: -1 } as const;

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  /** The offset, or why it could not be told. */
  readonly offset: bigint | KafkaError;
}

/** Asks the leaders, each for all of its partitions at once. Never throws: each partition has its own outcome. */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
  which: LogEnd,
): Promise<ListedOffset[]> {
  const byLeader = Map.groupBy(partitions, ({ topic, partition }) => cluster.leaderOf(topic, partition));
  const answers = [...byLeader].map(async ([leader, led]): Promise<ListedOffset[]> => {
    try {
      if (leader < 0) throw new KafkaError("LEADER_NOT_AVAILABLE", "the partition has no leader now");
      return await askLeader(cluster, leader, led, which);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return led.map(({ topic, partition }) => ({ topic, partition, offset: error }));
    }
  });
  return (await Promise.all(answers)).flat();
}

async function askLeader(
  cluster: Cluster,
  leader: number,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
  which: LogEnd,
): Promise<ListedOffset[]> {
  const timestamp = TIMESTAMPS[which];
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, led]) => ({
    topic,
    partitions: led.map(({ partition }) => ({ partition, timestamp })),
  }));
  const { responses } = await cluster.call(leader, "ListOffsets", { replicaId: -1, isolationLevel: 0, topics });
  const answered = new Map(
    responses.flatMap(({ topic, partitions: all }) =>
      all.map((one) => [nameOf({ topic, partition: one.partition }), one] as const),
    ),
  );
  return partitions.map(({ topic, partition }) => {
    const name = nameOf({ topic, partition });
    const one = answered.get(name);
    if (one === undefined) {
      return { topic, partition, offset: new KafkaError("MALFORMED_ANSWER", `ListOffsets does not name ${name}`) };
    }
    const { errorCode, offset } = one;
    return {
      topic,
      partition,
      offset: errorCode === 0 ? BigInt(offset) : errorOf(errorCode, `ListOffsets of ${name}`),
    };
  });
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`;
}
