import { GenericContainer, getContainerRuntimeClient, Network, type StartedTestContainer, Wait } from "testcontainers";
import { imagesOf } from "../containers.ts";
import { freePort } from "../free-port.ts";

/** One real broker that can be killed, frozen and brought back. Each of the four does nothing where it is done already. */
export interface ChaosBroker {
  readonly nodeId: number;
  readonly address: string;
  readonly state: "up" | "killed" | "paused";
  kill(): Promise<void>;
  start(): Promise<void>;
  pause(): Promise<void>;
  unpause(): Promise<void>;
}

export interface ChaosCluster extends AsyncDisposable {
  readonly brokers: readonly ChaosBroker[];
}

const NODE_IDS = [1, 2, 3];
const OUTSIDE = 19092;

/**
 * Three Apache Kafka brokers, each broker and controller, on a network of their own. Failures are noticed in four
 * seconds instead of nine, so that more of them fit into a test.
 */
export async function startThreeBrokers(): Promise<ChaosCluster> {
  const network = await new Network().start();
  const ports = await Promise.all(NODE_IDS.map(() => freePort()));
  const voters = NODE_IDS.map((nodeId) => `${nodeId}@kafka${nodeId}:9093`).join(",");
  const starting = NODE_IDS.map((nodeId, index) =>
    new GenericContainer(imagesOf(process.env).kafka)
      .withNetwork(network)
      .withNetworkAliases(`kafka${nodeId}`)
      .withEnvironment(environment(nodeId, ports[index] ?? 0, voters))
      .withExposedPorts({ container: OUTSIDE, host: ports[index] ?? 0 })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .withStartupTimeout(240_000)
      .start(),
  );
  const settled = await Promise.allSettled(starting);
  const containers = settled.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const brokers = await Promise.all(
    containers.map((container, index) => brokerOf(container, NODE_IDS[index] ?? 0, `127.0.0.1:${ports[index]}`)),
  );
  const stop = async () => {
    // A frozen container cannot be stopped.
    await Promise.all(brokers.map((broker) => broker.unpause()));
    const stopped = await Promise.allSettled(
      containers.map((container) => container.stop({ timeout: 0, remove: true, removeVolumes: true })),
    );
    await network.stop();
    for (const each of stopped) if (each.status === "rejected") throw each.reason;
  };
  const failed = settled.find((start) => start.status === "rejected");
  if (failed === undefined) return { brokers, [Symbol.asyncDispose]: stop };
  await stop();
  throw failed.reason;
}

async function brokerOf(container: StartedTestContainer, nodeId: number, address: string): Promise<ChaosBroker> {
  const runtime = await getContainerRuntimeClient();
  const handle = runtime.container.getById(container.getId());
  let state: ChaosBroker["state"] = "up";
  const move = async (from: ChaosBroker["state"], to: ChaosBroker["state"], how: () => Promise<unknown>) => {
    if (state !== from) return;
    state = to;
    try {
      await how();
    } catch {
      // A busy machine may fail to freeze a container in time. Whatever came of it is undone; it was no fault, then.
      await handle.unpause().catch(() => {});
      state = (await handle.inspect()).State.Running ? "up" : "killed";
    }
  };
  return {
    nodeId,
    address,
    get state() {
      return state;
    },
    kill: () => move("up", "killed", () => handle.kill({ signal: "SIGKILL" })),
    start: () => move("killed", "up", () => handle.start()),
    pause: () => move("up", "paused", () => handle.pause()),
    unpause: () => move("paused", "up", () => handle.unpause()),
  };
}

function environment(nodeId: number, port: number, voters: string): Record<string, string> {
  return {
    KAFKA_HEAP_OPTS: "-Xms192m -Xmx320m",
    KAFKA_NODE_ID: String(nodeId),
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: voters,
    KAFKA_LISTENERS: `BROKER://:9092,CONTROLLER://:9093,PLAINTEXT://:${OUTSIDE}`,
    KAFKA_ADVERTISED_LISTENERS: `BROKER://kafka${nodeId}:9092,PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    KAFKA_INTER_BROKER_LISTENER_NAME: "BROKER",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "3",
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "3",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "3",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "2",
    KAFKA_DEFAULT_REPLICATION_FACTOR: "3",
    KAFKA_MIN_INSYNC_REPLICAS: "2",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
    KAFKA_BROKER_SESSION_TIMEOUT_MS: "4000",
    KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: "1000",
    KAFKA_REPLICA_LAG_TIME_MAX_MS: "4000",
  };
}
