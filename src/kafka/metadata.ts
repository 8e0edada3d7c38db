import type { WireRequest } from "./connection.ts";
import { KafkaError, type KafkaErrorKind, kindOf } from "./errors.ts";
import { WireReader, WireWriter } from "./wire.ts";

export interface Node {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface PartitionMetadata {
  readonly partition: number;
  /** Node id of the leader; -1 while there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicMetadata {
  readonly topic: string;
  /** Why the cluster does not show the topic; undefined where it does. */
  readonly error: KafkaErrorKind | undefined;
  /** Each at the place of its number: one that the answer leaves out is there without a leader. */
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly nodes: readonly Node[];
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly topics: readonly TopicMetadata[];
}

/**
 * Asks for topics by name; never creates one. kafkajs's own Metadata is not used: it throws the whole answer away when
 * one topic or partition has an error, and has no leader epochs.
 */
export function metadataRequest(topics: readonly string[] | "all"): WireRequest<ClusterMetadata> {
  return {
    apiKey: 3,
    apiName: "Metadata",
    versions: [7, 7], // Leader epochs since 7 (KIP-320); Kafka 2.1.
    encode() {
      const body = new WireWriter();
      if (topics === "all") body.int32(-1);
      else body.array(topics, (topic) => body.string(topic));
      return body.boolean(false).done(); // allow_auto_topic_creation
    },
    decode(payload) {
      const from = new WireReader(payload);
      from.int32(); // throttle_time_ms: the broker holds the channel itself (KIP-219).
      const nodes = from.array(node);
      const clusterId = from.nullableString();
      const controllerId = from.int32();
      return { nodes, clusterId, controllerId, topics: from.array(topicOf) };
    },
  };
}

/**
 * The newer of what we know of a topic and what an answer says, partition by partition: a broker that was cut off
 * answers with leaders of yesterday, and its leader epoch tells.
 */
export function newerOf(known: TopicMetadata | undefined, told: TopicMetadata): TopicMetadata {
  if (known === undefined || told.error !== undefined) return told;
  const partitions = told.partitions.map((partition, index) => {
    const before = known.partitions[index];
    return before !== undefined && before.leaderEpoch > partition.leaderEpoch ? before : partition;
  });
  // A topic never has fewer partitions than before: keys would go elsewhere.
  const missing = known.partitions.slice(partitions.length).map((partition) => ({ ...partition, leader: -1 }));
  return { ...told, partitions: [...partitions, ...missing] };
}

/** Whether the answer is behind what we know: in any partition, or in their number. */
export function isBehind(told: TopicMetadata, known: TopicMetadata | undefined): boolean {
  if (told.partitions.length < (known?.partitions.length ?? 0)) return true;
  return told.partitions.some(({ leaderEpoch }, index) => (known?.partitions[index]?.leaderEpoch ?? -1) > leaderEpoch);
}

function node(from: WireReader): Node {
  return { nodeId: from.int32(), host: from.string(), port: from.int32(), rack: from.nullableString() };
}

function topicOf(from: WireReader): TopicMetadata {
  const error = kindOf(from.int16());
  const topic = from.string();
  from.boolean(); // is_internal
  return { topic, error, partitions: inPlace(from.array(partitionOf)) };
}

/** A key's partition follows from the number of partitions, so a gap in the answer must not make it smaller. */
function inPlace(told: readonly PartitionMetadata[]): PartitionMetadata[] {
  const count = told.reduce((most, { partition }) => Math.max(most, partition + 1), 0);
  if (count > PARTITIONS_MAX) throw new KafkaError("MALFORMED_ANSWER", `partition number ${count - 1}`);
  const byNumber = new Map(told.map((each) => [each.partition, each]));
  return Array.from({ length: count }, (_, partition) => byNumber.get(partition) ?? { ...ABSENT, partition });
}

/** Beyond what any cluster has. */
const PARTITIONS_MAX = 1_000_000;

const ABSENT = { leader: -1, leaderEpoch: -1, replicas: [], isr: [] };

function partitionOf(from: WireReader): PartitionMetadata {
  const error = from.int16();
  const partition = from.int32();
  const leader = from.int32();
  const leaderEpoch = from.int32();
  const replicas = from.array((each) => each.int32());
  const isr = from.array((each) => each.int32());
  from.array((each) => each.int32()); // offline_replicas
  // With LEADER_NOT_AVAILABLE the leader is -1; with LISTENER_NOT_FOUND it is named, but not to be reached.
  return {
    partition,
    leader: error === 0 || error === REPLICA_NOT_AVAILABLE ? leader : -1,
    leaderEpoch,
    replicas,
    isr,
  };
}

/** A replica is away; the leader is there. */
const REPLICA_NOT_AVAILABLE = 9;
