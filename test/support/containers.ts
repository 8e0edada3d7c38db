import {
  GenericContainer,
  getContainerRuntimeClient,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from "testcontainers";
import type { Cluster } from "./cluster.ts";
import type { MortalKafka } from "./embedded.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

/** Which image runs each part. The defaults are the public images; a variable takes another that holds the same software. */
export interface Images {
  readonly kafka: string;
  readonly registry: string;
  /** Where the registry has Confluent's API: empty, or a path such as `/apis/ccompat/v7`. */
  readonly registryPath: string;
  readonly postgres: string;
}

/** Reads the images from the variables that compose.yaml reads too. */
export const imagesOf = (env: Readonly<Record<string, string | undefined>>): Images => ({
  kafka: env.KAFKA_IMAGE || "apache/kafka:4.3.0",
  registry: env.REGISTRY_IMAGE || "confluentinc/cp-schema-registry:8.1.0",
  registryPath: env.REGISTRY_PATH ?? "",
  postgres: env.POSTGRES_IMAGE || "postgres:17",
});

/** Something that was started, where it is reached, and how it goes away again. */
export interface Started extends AsyncDisposable {
  readonly address: string;
  readonly container: StartedTestContainer;
  stop(): Promise<void>;
}

/** A Kafka, a registry and a PostgreSQL, in containers of their own. */
export interface StartedCluster extends Cluster, AsyncDisposable {
  stop(): Promise<void>;
}

interface Parts {
  readonly images?: Images;
  /** Where Kafka answers the other containers as `kafka:9092`. */
  readonly network?: StartedNetwork;
}

/** The longest a container may take until it answers, pulling its image included. */
const STARTUP_MS_MAX = 240_000;

/** Where the other containers of the network find Kafka; outside, it is on a port of the host. */
const KAFKA_INSIDE = "kafka:9092";

/** Starts the three, together, on one network. What did start is stopped again when one of them does not. */
export async function startCluster(images: Images = imagesOf(process.env)): Promise<StartedCluster> {
  const network = await new Network().start();
  const kafka = startKafka({ images, network });
  // Confluent's registry keeps its schemas in Kafka and gives up when it is not there.
  const registry = kafka.then(() => startRegistry({ images, network }));
  const postgres = startPostgres({ images });
  const stop = async () => {
    const settled = await Promise.allSettled([kafka, registry, postgres]);
    await Promise.all(settled.map((start) => (start.status === "fulfilled" ? start.value.stop() : undefined)));
    await network.stop();
  };
  try {
    const started = await Promise.all([kafka, registry, postgres]);
    return {
      kafka: started[0].address,
      registry: started[1].address,
      postgres: started[2].address,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts one Kafka node that makes no topics by itself. The host port is chosen beforehand, because Kafka tells it to
 * its clients: so the same address is right again after `container.restart()`.
 */
export async function startKafka({ images = imagesOf(process.env), network }: Parts = {}): Promise<Started> {
  const port = await freePort();
  const container = new GenericContainer(images.kafka)
    .withEnvironment(kafkaEnvironment(`127.0.0.1:${port}`, network ? KAFKA_INSIDE : "localhost:9092"))
    .withExposedPorts({ container: 19092, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(STARTUP_MS_MAX);
  if (network) container.withNetwork(network).withNetworkAliases("kafka");
  return startedAs(await container.start(), `127.0.0.1:${port}`);
}

/** An Apache Kafka that is killed and started again, as its container is. */
export async function startMortalKafka(): Promise<MortalKafka> {
  const started = await startKafka();
  const runtime = await getContainerRuntimeClient();
  const container = runtime.container.getById(started.container.getId());
  return {
    address: started.address,
    kill: async () => void (await container.kill({ signal: "SIGKILL" })),
    start: async () => void (await container.start()),
    restart: ({ graceSeconds } = {}) =>
      started.container.restart(graceSeconds === undefined ? {} : { timeout: graceSeconds }),
    [Symbol.asyncDispose]: () => started.stop(),
  };
}

/** The settings of a one-node KRaft cluster: its own listener inside, and one that is reached from the host. */
function kafkaEnvironment(outside: string, inside: string): Record<string, string> {
  return {
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_LISTENERS: "BROKER://:9092,CONTROLLER://:9093,PLAINTEXT://:19092",
    KAFKA_ADVERTISED_LISTENERS: `BROKER://${inside},PLAINTEXT://${outside}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    KAFKA_INTER_BROKER_LISTENER_NAME: "BROKER",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
  };
}

/** Starts a registry with Confluent's API. Confluent's own needs the network that has Kafka on it. */
export async function startRegistry({ images = imagesOf(process.env), network }: Parts = {}): Promise<Started> {
  const container = new GenericContainer(images.registry)
    .withEnvironment({
      SCHEMA_REGISTRY_HOST_NAME: "registry",
      SCHEMA_REGISTRY_LISTENERS: "http://0.0.0.0:8081",
      SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS: KAFKA_INSIDE,
    })
    .withExposedPorts(8081)
    .withWaitStrategy(Wait.forHttp(`${images.registryPath}/subjects`, 8081).forStatusCode(200))
    .withStartupTimeout(STARTUP_MS_MAX);
  if (network) container.withNetwork(network);
  const started = await container.start();
  return startedAs(started, `http://127.0.0.1:${started.getMappedPort(8081)}${images.registryPath}`);
}

/** Starts a PostgreSQL with an empty database. */
export async function startPostgres({ images = imagesOf(process.env) }: Parts = {}): Promise<Started> {
  const container = await new GenericContainer(images.postgres)
    .withEnvironment({ POSTGRES_USER: "sluice", POSTGRES_PASSWORD: "sluice", POSTGRES_DB: "sluice" })
    .withExposedPorts(5432)
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(STARTUP_MS_MAX)
    .start();
  const url = `postgres://sluice:sluice@127.0.0.1:${container.getMappedPort(5432)}/sluice`;
  // The image starts a server of its own to create the database, stops it and starts again: only a query is proof.
  await until("PostgreSQL answers a query", () => answersQuery(url), { timeoutMs: 60_000, everyMs: 200 });
  return startedAs(container, url);
}

async function answersQuery(url: string): Promise<boolean> {
  const sql = new Bun.SQL(url, { max: 1 });
  try {
    await sql`SELECT 1`;
    return true;
  } finally {
    await sql.close();
  }
}

function startedAs(container: StartedTestContainer, address: string): Started {
  // Nothing in them is kept, so they need no time to say goodbye.
  const stop = async () => {
    await container.stop({ timeout: 0, remove: true, removeVolumes: true });
  };
  return { address, container, stop, [Symbol.asyncDispose]: stop };
}
