import type { Parts } from "../parts.ts";
import type { ConfigDefinition } from "./definition.ts";
import { bool, int, list, long, password, text } from "./kinds.ts";
import { TOPIC_CONFIGS } from "./topic.ts";

const COARSE = "another in milliseconds stands over it";

/** Settings of the broker that stand for themselves. None can be changed while it runs. */
const OWN: readonly ConfigDefinition[] = [
  { name: "node.id", kind: int({ min: 0 }), default: null, documentation: "The number of this node." },
  { name: "broker.id", kind: int(), default: "-1", documentation: "The number of this node, by its older name." },
  { name: "broker.rack", kind: text, default: null, documentation: "Where the node stands. This broker says nothing." },
  { name: "listeners", kind: list, default: "PLAINTEXT://:9092", documentation: "Where the node listens." },
  {
    name: "advertised.listeners",
    kind: list,
    default: null,
    documentation: "Where clients are told to find the node.",
  },
  {
    name: "auto.create.topics.enable",
    kind: bool,
    default: "true",
    documentation: "Whether asking for a topic makes it.",
  },
  { name: "delete.topic.enable", kind: bool, default: "true", documentation: "Whether topics may be deleted." },
  {
    name: "num.partitions",
    kind: int({ min: 1 }),
    default: "1",
    documentation: "Partitions of a topic whose maker names none.",
  },
  {
    name: "default.replication.factor",
    kind: int({ min: 1 }),
    default: "1",
    documentation: "Replicas of a topic whose maker names none.",
  },
  {
    name: "log.retention.hours",
    kind: int(),
    default: "168",
    documentation: `The age at which segments go; ${COARSE}.`,
  },
  {
    name: "log.retention.minutes",
    kind: int(),
    default: null,
    documentation: `The age at which segments go; ${COARSE}.`,
  },
  {
    name: "log.roll.hours",
    kind: int({ min: 1 }),
    default: "168",
    documentation: `The age of a full segment; ${COARSE}.`,
  },
  {
    name: "log.cleaner.enable",
    kind: bool,
    default: "true",
    documentation: "Whether topics that ask for it are compacted.",
  },
  {
    name: "socket.request.max.bytes",
    kind: int({ min: 1 }),
    default: "104857600",
    documentation: "The largest request; a larger one ends its connection.",
  },
  {
    name: "max.connections",
    kind: int({ min: 0 }),
    default: "2147483647",
    documentation: "How many connections there may be; further ones are closed.",
  },
  {
    name: "connections.max.idle.ms",
    kind: long(),
    default: "600000",
    documentation: "How long a connection may be silent before it is closed.",
  },
  {
    name: "sasl.enabled.mechanisms",
    kind: list,
    default: "GSSAPI",
    documentation: "How clients may say who they are; empty where everybody is let in.",
  },
  {
    name: "sasl.jaas.config",
    kind: password,
    default: null,
    documentation: "Never shown. Users are given to the broker when it starts.",
  },
  {
    name: "sasl.server.max.receive.size",
    kind: int(),
    default: "524288",
    documentation: "The largest request of a client that has not said who it is.",
  },
  {
    name: "offset.metadata.max.bytes",
    kind: int(),
    default: "4096",
    documentation: "The longest text that may be committed with an offset.",
  },
  {
    name: "transaction.max.timeout.ms",
    kind: int({ min: 1 }),
    default: "900000",
    documentation: "The longest timeout that a transactional producer may ask for.",
  },
  {
    name: "group.min.session.timeout.ms",
    kind: int(),
    default: "6000",
    documentation: "The shortest session timeout that a member of a group may ask for.",
  },
  {
    name: "group.max.session.timeout.ms",
    kind: int(),
    default: "1800000",
    documentation: "The longest session timeout that a member of a group may ask for.",
  },
  {
    name: "max.request.partition.size.limit",
    kind: int({ min: 1 }),
    default: "2000",
    documentation: "How many partitions one answer to DescribeTopicPartitions names at most.",
  },
];

/** Kafka leaves these without a value: others in hours, or of the scheduler, stand in for them. */
const WITHOUT_VALUE: ReadonlySet<string> = new Set([
  "log.retention.ms",
  "log.roll.ms",
  "log.roll.jitter.ms",
  "log.flush.interval.ms",
]);

/** What a topic takes from the broker, by the broker's name for it. */
const FOR_TOPICS: readonly ConfigDefinition[] = TOPIC_CONFIGS.flatMap(({ name, synonym, kind, default: value }) =>
  synonym === undefined
    ? []
    : [
        {
          name: synonym,
          kind,
          default: WITHOUT_VALUE.has(synonym) ? null : value,
          documentation: `What topics have for ${name} that set nothing of their own.`,
        },
      ],
);

/** The settings of the broker that mean something here. None can be changed while it runs. */
export const BROKER_CONFIGS: readonly ConfigDefinition[] = [...OWN, ...FOR_TOPICS];

/** What one node runs with, where that is not Kafka's default. */
export function brokerValues({ limits, nodes, users, autoCreateTopics }: Parts, nodeId: number): Map<string, string> {
  const { host = "", port = 0 } = nodes.all.find(({ id }) => id === nodeId) ?? {};
  const listener = `${users.required ? "SASL_PLAINTEXT" : "PLAINTEXT"}://${host}:${port}`;
  const values = new Map([
    ["node.id", String(nodeId)],
    ["broker.id", String(nodeId)],
    ["listeners", listener],
    ["advertised.listeners", listener],
    ["auto.create.topics.enable", String(autoCreateTopics)],
    ["sasl.enabled.mechanisms", users.mechanisms.join(",")],
    ["socket.request.max.bytes", String(limits.frameBytes)],
    ["max.connections", String(limits.connections)],
    ["connections.max.idle.ms", String(limits.idleMs)],
    ["sasl.server.max.receive.size", String(limits.unauthenticatedFrameBytes)],
  ]);
  for (const { name, default: value } of BROKER_CONFIGS) if (values.get(name) === value) values.delete(name);
  return values;
}
