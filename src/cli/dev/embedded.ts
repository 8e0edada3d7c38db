import { join } from "node:path";
import { diskFiles, openBroker } from "../../broker/index.ts";
import type { Lock } from "../../catalog/index.ts";
import type { Emit } from "../../events.ts";
import type { TopicSpec } from "../../kafka/index.ts";
import type { OwnRegistry } from "../../registry/index.ts";

export interface EmbeddedOptions {
  readonly kafkaPort: number;
  readonly registryPort: number;
  /** Where records and schemas are kept; in memory where left out. */
  readonly dataDir?: string;
  /** What production's registry has, whose ids are those here. */
  readonly lock?: Lock;
  readonly emit: Emit;
}

/** A broker and a registry in this process, which everybody reaches over TCP and HTTP as if they were far away. */
export interface Embedded extends AsyncDisposable {
  /** `host:port`. */
  readonly kafka: string;
  readonly registry: string;
  /** Makes a topic where there is none of this name. Throws what a client would be answered. */
  ensureTopic(spec: TopicSpec): void;
  /** How many records a topic has ever had; undefined where there is none of this name. */
  written(topic: string): bigint | undefined;
}

export async function openEmbedded({
  kafkaPort,
  registryPort,
  dataDir,
  lock,
  emit,
}: EmbeddedOptions): Promise<Embedded> {
  await using opened = new AsyncDisposableStack();
  // What serves HTTP takes longest to load: the broker starts meanwhile.
  const loading = import("../../registry/server/index.ts");
  const files = dataDir === undefined ? {} : { files: diskFiles(join(dataDir, "kafka")) };
  const broker = opened.use(await openBroker({ port: kafkaPort, emit, ...files }));
  const file = dataDir === undefined ? ":memory:" : join(dataDir, "registry.sqlite");
  const { openRegistry } = await loading;
  const name: OwnRegistry = "sluice-dev";
  const registry = opened.use(await openRegistry({ port: registryPort, file, name, emit, ...(lock && { lock }) }));
  const parts = opened.move();
  return {
    kafka: broker.address,
    registry: registry.url,
    ensureTopic: ({ topic, partitions, config }) => {
      if (broker.topics.get(topic) === undefined) broker.topics.create({ name: topic, partitions, configs: config });
    },
    written: (topic) => broker.topics.get(topic)?.partitions.reduce((sum, { log }) => sum + log.endOffset, 0n),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
