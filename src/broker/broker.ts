import { type Emit, silent } from "../events.ts";
import { HANDLERS } from "./apis/index.ts";
import { createDispatch } from "./dispatch.ts";
import type { Faults } from "./faults/index.ts";
import { openGroups } from "./groups/index.ts";
import { interimLog, interimSettings, interimTable } from "./interim.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { Files } from "./log/index.ts";
import { createNodes, FIRST_NODE_ID, type Node, type Nodes } from "./nodes.ts";
import type { Parts } from "./parts.ts";
import { openUsers, type User } from "./sasl/index.ts";
import { openServer, type Server } from "./server.ts";
import { type NewTopic, openTopics, type Topic } from "./topics.ts";
import { openTransactions } from "./transactions/index.ts";

export interface BrokerOptions {
  /** The address to listen on; 127.0.0.1 where left out. */
  readonly host?: string;
  /** The port, or one for each node. A free one where left out or 0; several nodes take the ports after the first. */
  readonly port?: number | readonly number[];
  /** As how many nodes the broker poses, each with a port of its own. */
  readonly nodes?: number;
  /** The host that clients are told; the one it listens on where left out. */
  readonly advertised?: string;
  /** Where everything is kept; in memory where left out. */
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
  };
  /** Ends all connections and stores what speeds up the next start. Closing twice is a no-op. */
  close(): Promise<void>;
}

/** Starts a broker: when it returns, clients may connect. Throws where a port is taken or the files cannot be read. */
export async function openBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { host = "127.0.0.1", advertised = host, now = Date.now, emit = silent } = options;
  const limits = { ...LIMITS, ...options.limits };
  const server = openServer({ host, ...portsOf(options), limits, emit });
  try {
    const nodes = nodesOf(server, advertised);
    const topics = openTopics({
      table: interimTable(),
      nodeIds: nodes.all.map(({ id }) => id),
      topicsMax: limits.topics,
      partitionsMax: limits.partitions,
      settingsOf: interimSettings,
      openLog: interimLog,
      remove() {},
      folders: () => [],
    });
    const { autoCreateTopics = false } = options;
    const opened = { clusterId: "sluice", now, limits, autoCreateTopics, nodes, topics, emit };
    // Each room is opened here, with the parts that are open already.
    const groups = openGroups({ table: interimTable(), topics, now, emit });
    const parts: Parts = {
      ...opened,
      groups,
      transactions: openTransactions({
        table: interimTable(),
        topics,
        groups,
        transactionsMax: limits.transactions,
        now,
        emit,
      }),
      users: openUsers(options.users),
      faults: { close() {} },
    };
    for (const topic of options.topics ?? []) if (!topics.get(topic.name)) topics.create(topic);
    server.serve(createDispatch(parts, HANDLERS), { usersRequired: parts.users.required });
    return running(server, parts);
  } catch (error) {
    server.close();
    throw error;
  }
}

function portsOf({ port = 0, nodes = 1 }: BrokerOptions): { ports: number[]; nodeIds: number[] } {
  const ports =
    typeof port === "number" ? Array.from({ length: nodes }, (_, next) => (port === 0 ? 0 : port + next)) : [...port];
  return { ports, nodeIds: ports.map((_, index) => FIRST_NODE_ID + index) };
}

function nodesOf({ ports }: Server, host: string): Nodes {
  const [first = 0, ...others] = ports;
  const node = (port: number, index: number): Node => ({ id: FIRST_NODE_ID + index, host, port });
  return createNodes([node(first, 0), ...others.map((port, index) => node(port, index + 1))]);
}

function running(server: Server, parts: Parts): Broker {
  const { nodes, topics, clusterId, faults, emit } = parts;
  const address = nodes.all.map(({ host, port }) => `${host}:${port}`).join(",");
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    server.close();
    parts.groups.close();
    parts.transactions.close();
    faults.close();
    topics.close();
    emit("broker.stopped", { connections: server.connections });
  };
  emit("broker.listening", { addresses: address.split(","), topics: topics.all.size, durable: false });
  return {
    address,
    nodes: nodes.all,
    clusterId,
    faults,
    topics: {
      get names() {
        return [...topics.all.keys()];
      },
      create: (topic) => topics.create(topic),
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
