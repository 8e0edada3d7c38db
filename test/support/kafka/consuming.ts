import type { Emit, Events } from "../../../src/events.ts";
import { Coordinator } from "../../../src/kafka/consumer/coordinator.ts";
import {
  Cluster,
  type Compression,
  type Consumer,
  type ConsumerOptions,
  type KafkaSettings,
  openAdmin,
  openConsumer,
  openProducer,
  type PartitionBatch,
} from "../../../src/kafka/index.ts";
import { unique } from "../cluster.ts";

/** One record as a test writes it, and as its handler saw it. */
export interface Seen {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

/** Everything that was told through an `Emit`, in order. */
export interface Told {
  readonly emit: Emit;
  /** The details of all events of one name. */
  of<Name extends keyof Events>(name: Name): readonly Events[Name][];
}

export function listener(): Told {
  const told: { name: keyof Events; detail: unknown }[] = [];
  return {
    emit: (name, detail) => told.push({ name, detail }),
    // What was stored under a name is that name's detail.
    of: <Name extends keyof Events>(name: Name) =>
      told.filter((one) => one.name === name).map(({ detail }) => detail as Events[Name]),
  };
}

/** Topics, records and consumers for one test; all consumers are stopped at its end. */
export async function openStage(kafka: string) {
  const settings: KafkaSettings = { bootstrapServers: kafka.split(","), ssl: false, clientId: "consumer-test" };
  const admin = await openAdmin(settings);
  const consumers: Consumer[] = [];

  return {
    settings,
    admin,
    group: `group-${unique()}`,

    /** Creates a topic, empty. */
    async topic(partitions: number, replication = 1): Promise<string> {
      const spec = { topic: `consumer-${unique()}`, partitions, replication, config: {} };
      await admin.applyTopics(await admin.planTopics([spec]));
      return spec.topic;
    },

    /** Writes the values `from` to `from + count - 1` to one partition, in order, however long an outage takes. */
    async produce(
      topic: string,
      partition: number,
      { count, from = 0, compression = "none" }: { count: number; from?: number; compression?: Compression },
    ): Promise<void> {
      const producer = await openProducer(settings, { compression, deliveryTimeoutMs: 60_000 });
      const records = Array.from({ length: count }, (_, index) => ({
        topic,
        partition,
        key: null,
        value: Buffer.from(String(from + index)),
        timestamp: Date.now(),
      }));
      const deliveries = await producer.sendAll(records);
      await producer.close({ timeoutMs: 5_000 });
      const lost = deliveries.find(({ status }) => status !== "stored");
      if (lost !== undefined) throw new Error("the test's own records were not stored", { cause: lost });
    },

    /** Commits an offset of the group from outside, as tools do while it has no members. */
    async commit(topic: string, partition: number, offset: bigint): Promise<void> {
      const cluster = new Cluster(settings);
      await cluster.connect();
      const coordinator = new Coordinator(cluster, this.group);
      const topics = [{ topic, partitions: [{ partition, offset: String(offset) }] }];
      const fields = { groupId: this.group, groupGenerationId: -1, memberId: "", topics };
      const { responses } = await coordinator.call("OffsetCommit", fields);
      cluster.close();
      if (responses[0]?.partitions[0]?.errorCode !== 0) throw new Error("the test's own commit was refused");
    },

    /** Makes the group forget a member, as after a pause that was longer than its session. */
    async removeMember(memberId: string): Promise<void> {
      const cluster = new Cluster(settings);
      await cluster.connect();
      const coordinator = new Coordinator(cluster, this.group);
      await coordinator.call("LeaveGroup", { groupId: this.group, memberId });
      cluster.close();
    },

    async consume(options: Partial<ConsumerOptions> & Pick<ConsumerOptions, "topics" | "handle">): Promise<Consumer> {
      const consumer = await openConsumer(settings, { group: this.group, commitIntervalMs: 50, ...options });
      consumers.push(consumer);
      return consumer;
    },

    [Symbol.asyncDispose]: async () => {
      // A test that is over does not care how its consumers end.
      await Promise.all(consumers.map((consumer) => consumer.stop({ timeoutMs: 3_000 }).catch(() => {})));
      await admin.close();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A handler that notes each record, waits as long as `each` says, and is done with it. Stops when told to. */
export function noting(
  seen: Seen[],
  each: (record: Seen) => Promise<void> | void = () => {},
): ConsumerOptions["handle"] {
  return async (batch: PartitionBatch, signal: AbortSignal) => {
    for (const { topic, partition, offset, value } of batch.records) {
      if (signal.aborted) return;
      const record = { topic, partition, offset, value: String(value) };
      seen.push(record);
      await each(record);
      batch.done(offset);
    }
  };
}

/** The numbers from `from` to `to - 1`, as the values of a partition read in order are. */
export const values = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));
