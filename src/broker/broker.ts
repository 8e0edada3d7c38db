import { type Emit, silent } from "../events.ts";
import { HANDLERS } from "./apis/index.ts";
import { createDispatch } from "./dispatch.ts";
import type { Faults } from "./faults/index.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { type Files, memoryFiles } from "./log/index.ts";
import { createNodes, FIRST_NODE_ID, type Node, type Nodes } from "./nodes.ts";
import { openParts } from "./open-parts.ts";
import type { Parts } from "./parts.ts";
import type { User } from "./sasl/index.ts";
import { openServer, type Server } from "./server.ts";
import type { NewTopic, Topic, Topics } from "./topics.ts";
import { startUpkeep } from "./upkeep.ts";

export interface BrokerOptions {
  /** The address to listen on; 127.0.0.1 where left out. */
  readonly host?: string;
  /** The port, or one for each node. A free one where left out or 0; several nodes take the ports after the first. */
  readonly port?: number | readonly number[];
  /** As how many nodes the broker poses, each with a port of its own. */
  readonly nodes?: number;
  /** The host that clients are told; the one it listens on where left out. */
  readonly advertised?: string;
  /** Where everything is kept; in memory where left out. The broker closes it. */
  readonly files?: Files;
  /** Topics that are to be there; those that are already stay as they are. */
  readonly topics?: readonly NewTopic[];
  readonly autoCreateTopics?: boolean;
  /** Who may come in; everybody where left out. */
  readonly users?: readonly User[];
  readonly limits?: Partial<Limits>;
  readonly now?: () => number;
  readonly emit?: Emit;
}

/** A broker that is up. */
export interface Broker extends AsyncDisposable {
  /** What clients are given: `host:port`, of several nodes with commas between. */
  readonly address: string;
  readonly nodes: readonly Node[];
  readonly clusterId: string;
  readonly faults: Faults;
  readonly topics: {
    readonly names: readonly string[];
    create(topic: NewTopic): Topic;
    get(name: string): Topic | undefined;
  };
  /** Clients that are connected. */
  readonly connections: number;
  /** Does now what retention and compaction ask for; by itself the broker does it twice a minute. */
  clean(): void;
  /** Ends all connections and stores what speeds up the next start. Closing twice is a no-op. */
  close(): Promise<void>;
}

/** Starts a broker: when it returns, clients may connect. Throws where a port is taken or the files cannot be read. */
export async function openBroker(options: BrokerOptions = {}): Promise<Broker> {
  const {
    host = "127.0.0.1",
    advertised = reachable(host),
    autoCreateTopics = false,
    now = Date.now,
    emit = silent,
  } = options;
  const limits = { ...LIMITS, ...options.limits };
  const files = options.files ?? memoryFiles({ bytesMax: limits.memoryBytes });
  let server: Server | undefined;
  try {
    server = openServer({ host, ...portsOf(options), limits, emit });
    const nodes = nodesOf(server, advertised);
    const parts = openParts({
      files,
      nodes,
      users: options.users,
      autoCreateTopics,
      limits,
      disconnect: server.drop,
      now,
      emit,
    });
    for (const topic of options.topics ?? []) if (!parts.topics.get(topic.name)) parts.topics.create(topic);
    server.serve(createDispatch(parts, HANDLERS), { usersRequired: parts.users.required });
    return running(server, files, parts);
  } catch (error) {
    server?.close();
    files.close();
    throw error;
  }
}

function portsOf({ port = 0, nodes = 1 }: BrokerOptions): { ports: number[]; nodeIds: number[] } {
  const ports =
    typeof port === "number" ? Array.from({ length: nodes }, (_, next) => (port === 0 ? 0 : port + next)) : [...port];
  return { ports, nodeIds: ports.map((_, index) => FIRST_NODE_ID + index) };
}

/** Nobody can connect to "all addresses"; that of this machine itself is among them. */
const reachable = (host: string): string => (host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host);

function nodesOf({ ports }: Server, host: string): Nodes {
  const [first = 0, ...others] = ports;
  const node = (port: number, index: number): Node => ({ id: FIRST_NODE_ID + index, host, port });
  return createNodes([node(first, 0), ...others.map((port, index) => node(port, index + 1))]);
}

function running(server: Server, files: Files, parts: Parts): Broker {
  const { nodes, topics, clusterId, faults, emit, now } = parts;
  const upkeep = startUpkeep({ topics, sweep: server.sweep, now, emit });
  const addresses = nodes.all.map(({ host, port }) => `${host}:${port}`);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    const { connections } = server;
    upkeep.stop();
    server.close();
    faults.close();
    parts.transactions.close();
    parts.groups.close();
    topics.close();
    files.close();
    emit("broker.stopped", { connections });
  };
  emit("broker.listening", { addresses, topics: topics.all.size, durable: files.durable });
  return {
    address: addresses.join(","),
    nodes: nodes.all,
    clusterId,
    faults,
    topics: namedTopics(topics),
    get connections() {
      return server.connections;
    },
    clean: upkeep.clean,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const namedTopics = (topics: Topics): Broker["topics"] => ({
  get names() {
    return [...topics.all.keys()];
  },
  create: (topic) => topics.create(topic),
  get: (name) => topics.get(name),
});
