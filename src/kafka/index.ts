export {
  type Admin,
  type GroupDescription,
  type GroupLag,
  type GroupMember,
  openAdmin,
  type TopicDescription,
  type TopicDifference,
  type TopicOffsets,
  type TopicOutcome,
  type TopicPlan,
  type TopicProblem,
  type TopicSpec,
  type TopicStep,
} from "./admin/index.ts";
export { Cluster, type ClusterOptions } from "./cluster.ts";
export type { Compression } from "./compression.ts";
export {
  type Consumer,
  type ConsumerOptions,
  type ConsumerState,
  type ConsumerStatus,
  openConsumer,
  type PartitionBatch,
  type PartitionLag,
  type TopicPartition,
} from "./consumer/index.ts";
export { KAFKA_ERRORS, KafkaError, type KafkaErrorKind } from "./errors.ts";
export { partitionOf } from "./partitioner.ts";
export { openProducer } from "./producer/producer.ts";
export type {
  Delivery,
  Header,
  OutgoingRecord,
  Producer,
  ProducerOptions,
  ProducerStats,
  RequestTrace,
} from "./producer/types.ts";
export type { IncomingRecord } from "./records/decode.ts";
export { type PreparedHeaders, prepareHeaders } from "./records/encode.ts";
export { type KafkaSettings, kafkaSettings, type SaslSettings, type TlsSettings } from "./settings.ts";
