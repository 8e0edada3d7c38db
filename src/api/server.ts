import type { Catalog } from "../catalog/index.ts";
import type { Config } from "../config.ts";
import type { Emit } from "../events.ts";
import { type Admin, type KafkaSettings, openAdmin, openProducer, type Producer } from "../kafka/index.ts";
import type { Registry } from "../registry/index.ts";
import { createApi } from "./api.ts";
import { limitsOf } from "./limits.ts";
import { createTallies, type Tallies } from "./metrics/tallies.ts";
import { liveTopics, serveTopics } from "./served-topic.ts";
import { assertReached, assertTopics, attempt, findSchemaIds, StartupError } from "./startup.ts";

export interface ServerParts {
  readonly config: Config;
  readonly catalog: Catalog;
  readonly kafka: KafkaSettings;
  /** Whoever made it closes it, after the API has stopped; where left out, the API has its own. */
  readonly admin?: Admin;
  readonly registry: Registry;
  readonly emit: Emit;
}

export interface RunningApi {
  readonly url: string;
  /**
   * Serves another state of the catalog from now on, on the same port and with the same producer.
   * @throws StartupError with each topic that is not registered or not in Kafka; then it goes on as before.
   */
  update(catalog: Catalog): Promise<void>;
  /** Stops accepting, answers what is under way, and delivers what waits. Stopping twice is a no-op. */
  stop(options?: { reason?: string }): Promise<ApiStopped>;
}

export interface ApiStopped {
  /** Events that were taken in and that Kafka has not acknowledged. */
  readonly undelivered: number;
  /** Requests that were cut off without an answer. */
  readonly unanswered: number;
}

/** How long Kafka and the registry may take at the start, each. */
const CONNECT_TIMEOUT_MS = 10_000;
/** What is kept of the time for stopping to deliver what waits, after the requests. */
const FLUSH_MS_MIN = 2_000;
/** Bun's longest. A connection without a byte for so long is closed; our own deadlines all come before. */
const IDLE_SECONDS_MAX = 255;
/** Above our own limits, which answer with 413; at Bun's limit the connection is closed without a word. */
const BODY_BYTES_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Starts the API: connects, finds each topic in the registry and in Kafka, then listens.
 * @throws StartupError with everything that could not be reached or found.
 */
export async function startApi({ emit, ...parts }: ServerParts): Promise<RunningApi> {
  const { config, catalog, registry } = parts;
  const tallies = createTallies(catalog.topics.map(({ topic }) => topic));
  await using opened = new AsyncDisposableStack();
  const { admin, producer, schemaIds } = await connect(parts, tallies, opened);
  const limits = limitsOf(config);
  const serving = { source: config.source, futureMsMax: limits.futureMsMax };
  const topics = liveTopics(serveTopics(catalog, schemaIds, serving));
  const pings = { kafka: () => admin.ping(), registry: () => registry.ping() };
  const { app, door } = createApi({
    topics,
    producer,
    registry,
    schemasDir: catalog.dir,
    pings,
    limits,
    emit,
    tallies,
  });
  const server = listen(app, config);
  const kept = opened.move();
  emit("api.listening", { url: server.url, topics: topics.all.length });

  let stopped: Promise<ApiStopped> | undefined;
  return {
    url: server.url,
    async update(next) {
      const [ids] = await Promise.all([findSchemaIds(registry, next), assertTopics(admin, next)]);
      tallies.serve(next.topics.map(({ topic }) => topic));
      topics.replace(serveTopics(next, ids, serving));
    },
    stop({ reason = "asked to" } = {}) {
      stopped ??= stop(reason);
      return stopped;
    },
  };

  async function stop(reason: string): Promise<ApiStopped> {
    const deadline = performance.now() + config.shutdownTimeoutMs;
    emit("api.stopping", { reason });
    server.refuse();
    const unanswered = await door.close({ timeoutMs: Math.max(0, config.shutdownTimeoutMs - FLUSH_MS_MIN) });
    const { undelivered } = await producer.close({ timeoutMs: Math.max(0, deadline - performance.now()) });
    await server.end();
    await kept.disposeAsync();
    emit("api.stopped", { undelivered });
    return { undelivered, unanswered };
  }
}

interface Connections {
  readonly admin: Admin;
  readonly producer: Producer;
  readonly schemaIds: ReadonlyMap<string, number>;
}

/** Asks Kafka and the registry at the same time, so that whoever starts it hears of everything that is missing. */
async function connect(
  { config, catalog, kafka, registry, admin: given }: Omit<ServerParts, "emit">,
  tallies: Tallies,
  opened: AsyncDisposableStack,
): Promise<Connections> {
  const [asked, looked, opening] = await Promise.all([
    attempt(`Kafka at ${kafka.bootstrapServers.join(",")}`, CONNECT_TIMEOUT_MS, async () => {
      const admin = given ?? opened.adopt(await openAdmin(kafka), (one) => one.close());
      await assertTopics(admin, catalog);
      return admin;
    }),
    attempt(`the schema registry at ${config.registryUrl}`, CONNECT_TIMEOUT_MS, () => findSchemaIds(registry, catalog)),
    attempt("Kafka's producer", CONNECT_TIMEOUT_MS, async () => {
      const { compression, deliveryTimeoutMs } = config;
      const onRequest = ({ records }: { records: number }) => tallies.produced.observe(records);
      const producer = await openProducer(kafka, { compression, deliveryTimeoutMs, onRequest });
      return opened.adopt(producer, async (one) => {
        await one.close({ timeoutMs: 0 });
      });
    }),
  ]);
  // Where Kafka is away, the producer has nothing to add.
  assertReached([asked, looked]);
  assertReached([opening]);
  if (!("value" in asked && "value" in looked && "value" in opening)) throw new TypeError("a problem was not told");
  return { admin: asked.value, schemaIds: looked.value, producer: opening.value };
}

/** @throws StartupError that names HTTP_PORT where the port is taken. */
function listen(app: ReturnType<typeof createApi>["app"], { httpHost, httpPort }: Config) {
  try {
    app.listen({
      hostname: httpHost,
      port: httpPort,
      idleTimeout: IDLE_SECONDS_MAX,
      maxRequestBodySize: BODY_BYTES_MAX,
      // Elysia shares ports otherwise, and two APIs would answer for one another without knowing.
      reusePort: false,
    });
  } catch (error) {
    throw new StartupError([`HTTP_PORT=${httpPort}: cannot listen there on ${httpHost}; 0 picks a free port`], {
      cause: error,
    });
  }
  const { server } = app;
  if (server === null) throw new TypeError("Elysia has not listened");
  const host = httpHost === "0.0.0.0" || httpHost === "::" ? "127.0.0.1" : httpHost;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    /** No new connections; those that are open stay. */
    refuse: () => {
      void server.stop(false);
    },
    end: () => server.stop(true),
  };
}
