import { join } from "node:path";
import { type Codec, createCodec, unframe } from "../avro/index.ts";
import { type Broker, type NewTopic, openBroker } from "../broker/index.ts";
import {
  type Catalog,
  type CatalogTopic,
  envelopeOf,
  LOCK_FILE,
  type Lock,
  loadCatalog,
  parseLock,
} from "../catalog/index.ts";
import { type Emit, silent } from "../events.ts";
import { type IncomingRecord, type KafkaSettings, openProducer, type Producer } from "../kafka/index.ts";
import { applySchemas, createRegistry, type Registry } from "../registry/index.ts";
import { openRegistry } from "../registry/server/index.ts";
import type { Worker } from "../worker/index.ts";
import { readAll } from "./read-all.ts";
import { type RunningTestWorker, runTestWorker } from "./run-test-worker.ts";

export type { RunningTestWorker } from "./run-test-worker.ts";

export interface TestClusterOptions {
  /** A folder of schemas: they are registered, with the ids that its lock has for them, and their topics made. */
  readonly schemas?: string;
  /** More topics; `orders:3` is a name and its partitions. */
  readonly topics?: readonly (string | NewTopic)[];
  /** As how many brokers it poses, for tests of what happens when a leader moves. */
  readonly nodes?: number;
  /** Hears what the broker and the workers tell. */
  readonly emit?: Emit;
}

/** One record as it is stored. */
export interface StoredEvent {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  /** Decoded where the topic has a schema, else the bytes; null is a tombstone. */
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** A broker and a registry of a test's own, in its process, which any Kafka client may use. */
export interface TestCluster extends AsyncDisposable {
  /** Bootstrap servers, `host:port`. */
  readonly kafka: string;
  /** URL of the registry. */
  readonly registry: string;
  /** The broker itself, to break things on purpose: `broker.faults`. */
  readonly broker: Broker;
  /**
   * Stores events. Where the topic has a schema, they are what one would post to it; elsewhere they are texts or bytes.
   * @throws InvalidValue where one is not as the schema says, KafkaError where one is not stored
   */
  produce(topic: string, events: readonly unknown[]): Promise<void>;
  /** Everything that is stored in a topic now, by partition and offset. */
  read(topic: string): Promise<readonly StoredEvent[]>;
  /** Runs a worker, on tables of its own in SQLite, until it or the cluster is disposed of. */
  run(worker: Worker): Promise<RunningTestWorker>;
}

/** Starts a broker and a registry in this process, on free ports and in memory. */
export async function testCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { nodes = 1, emit = silent } = options;
  await using opened = new AsyncDisposableStack();
  const lock = options.schemas === undefined ? undefined : await lockIn(options.schemas);
  const [catalog, broker, server] = await Promise.all([
    options.schemas === undefined ? undefined : loadCatalog(options.schemas),
    openBroker({ nodes, emit, topics: (options.topics ?? []).map(topicIn) }).then((one) => opened.use(one)),
    openRegistry({ emit, ...(lock && { lock }) }).then((one) => opened.use(one)),
  ]);
  const registry = opened.adopt(createRegistry({ url: server.url }), (one) => one.close());
  const encoders = catalog === undefined ? new Map<string, Encoder>() : await register(registry, broker, catalog);
  const kafka = settingsOf(broker);
  let producing: Promise<Producer> | undefined;
  const rest = opened.move();

  return {
    kafka: broker.address,
    registry: server.url,
    broker,
    async produce(topic, events) {
      producing ??= openProducer(kafka).then((one) => rest.use(one));
      const producer = await producing;
      const timestamp = Date.now();
      const records = events.map((event) => ({ topic, timestamp, ...recordOf(event, encoders.get(topic)) }));
      for (const delivery of await producer.sendAll(records)) if (delivery.status !== "stored") throw delivery.error;
    },
    async read(topic) {
      const decode = encoders.get(topic)?.codec;
      return (await readAll(kafka, topic)).map((record) => storedEvent(record, decode));
    },
    async run(worker) {
      if (catalog === undefined) throw new TypeError("a worker reads topics with schemas: testCluster({ schemas })");
      return rest.use(await runTestWorker(worker, { kafka, registry, catalog: asMade(catalog), emit }));
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** With it, ids are production's. */
async function lockIn(dir: string): Promise<Lock | undefined> {
  const path = join(dir, LOCK_FILE);
  const file = Bun.file(path);
  return (await file.exists()) ? parseLock(await file.text(), path) : undefined;
}

interface Encoder {
  readonly codec: Codec;
  readonly schemaId: number;
  readonly envelope: ReturnType<typeof envelopeOf>;
}

async function register(registry: Registry, broker: Broker, catalog: Catalog): Promise<Map<string, Encoder>> {
  const { stopped } = await applySchemas(registry, catalog);
  if (stopped !== undefined) throw new Error(`${stopped.step.subject}: ${stopped.messages.join("; ")}`);
  const encoders = catalog.topics.map(async (topic): Promise<[string, Encoder]> => {
    broker.topics.create({ name: topic.topic, partitions: topic.partitions, configs: withoutCopies(topic.config) });
    const version = await registry.version(topic.subject, "latest");
    if (version === undefined) throw new TypeError(`${topic.subject} was registered, and is not there`);
    return [topic.topic, { codec: createCodec(topic.schema), schemaId: version.id, envelope: envelopeOf(topic) }];
  });
  return new Map(await Promise.all(encoders));
}

/** There is one copy of each record, whatever production has. */
const asMade = (catalog: Catalog): Catalog => {
  const topics = catalog.topics.map((topic): CatalogTopic => ({ ...topic, replication: 1 }));
  return { ...catalog, topics, topic: (name) => topics.find(({ topic }) => topic === name) };
};

function withoutCopies(config: Readonly<Record<string, string>>): Record<string, string> {
  const { "min.insync.replicas": _, ...kept } = config;
  return kept;
}

function topicIn(given: string | NewTopic): NewTopic {
  if (typeof given !== "string") return given;
  const [, name = given, partitions = "1"] = /^(.+):(\d+)$/.exec(given) ?? [];
  return { name, partitions: Number(partitions) };
}

const settingsOf = ({ address }: Broker): KafkaSettings => ({
  bootstrapServers: address.split(","),
  ssl: false,
  clientId: "sluice-test",
});

function recordOf(event: unknown, encoder: Encoder | undefined) {
  if (event === null) return { key: null, value: null };
  if (event instanceof Uint8Array) return { key: null, value: event };
  if (encoder !== undefined) {
    return { key: encoder.envelope(event).key, value: encoder.codec.encode(event, encoder.schemaId) };
  }
  return { key: null, value: Buffer.from(typeof event === "string" ? event : JSON.stringify(event)) };
}

function storedEvent(record: IncomingRecord, codec: Codec | undefined): StoredEvent {
  const { partition, offset, key, value } = record;
  const headers = record.headers().map(([name, bytes]) => [name, bytes?.toString() ?? ""]);
  return {
    partition,
    offset,
    key: key?.toString() ?? null,
    value: value === null || codec === undefined ? value : codec.decode(unframe(value).payload),
    headers: Object.fromEntries(headers),
  };
}
