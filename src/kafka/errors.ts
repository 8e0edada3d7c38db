/**
 * What an error says about the write that met it: `refused`, it was not stored; `unknown`, it may have been;
 * `stored`, it was.
 */
export type WriteOutcome = "refused" | "unknown" | "stored";

interface ErrorSpec {
  /** Kafka's number; undefined for what this client itself finds out. */
  readonly code?: number;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retriable: boolean;
  readonly outcome: WriteOutcome;
  readonly meaning: string;
}

/**
 * Every way in which talking to Kafka fails. Names and numbers are Kafka's own; those without a number are ours.
 *
 * A leader that loses its partition while replicas still copy a batch answers NOT_LEADER_OR_FOLLOWER although the new
 * leader may have it (DelayedProduce in Apache Kafka), so the errors that come after an append count as `unknown`.
 */
export const KAFKA_ERRORS = {
  UNAVAILABLE: ours(true, "refused", "no connection to the broker; nothing was sent"),
  DISCONNECTED: ours(true, "unknown", "the connection broke before the answer came"),
  TIMEOUT: ours(true, "unknown", "the broker did not answer in time"),
  MALFORMED_ANSWER: ours(true, "unknown", "the answer cannot be read, or does not name what was asked"),
  DELIVERY_TIMEOUT: ours(true, "refused", "the record's deadline passed before the broker could take it"),
  OUTCOME_UNKNOWN: ours(true, "unknown", "the record's deadline passed while its outcome was unknown"),
  QUEUE_FULL: ours(true, "refused", "the producer's queue is full"),
  CLOSED: ours(true, "refused", "the client is closed"),
  STOP_TIMEOUT: ours(false, "refused", "the stop took longer than it may"),
  HANDLER_FAILED: ours(false, "refused", "the handler of a batch rejected"),
  STUCK: ours(false, "refused", "a handler makes no progress"),
  INTERNAL: ours(false, "unknown", "this client met what it does not expect"),
  INVALID_OPTION: ours(false, "refused", "an option or argument is not usable"),

  UNKNOWN_SERVER_ERROR: kafka(-1, true, "unknown", "the broker met an error that it does not name"),
  OFFSET_OUT_OF_RANGE: kafka(1, false, "refused", "the offset is not in the log"),
  CORRUPT_MESSAGE: kafka(2, true, "refused", "the batch arrived damaged"),
  UNKNOWN_TOPIC_OR_PARTITION: kafka(3, true, "refused", "the broker knows no such topic or partition"),
  INVALID_FETCH_SIZE: kafka(4, false, "refused", "the fetch size is not usable"),
  LEADER_NOT_AVAILABLE: kafka(5, true, "unknown", "the partition has no leader now"),
  NOT_LEADER_OR_FOLLOWER: kafka(6, true, "unknown", "the broker does not lead the partition"),
  REQUEST_TIMED_OUT: kafka(7, true, "unknown", "the replicas did not confirm in time"),
  BROKER_NOT_AVAILABLE: kafka(8, true, "refused", "the broker is not available"),
  REPLICA_NOT_AVAILABLE: kafka(9, true, "refused", "the replica is not available"),
  MESSAGE_TOO_LARGE: kafka(10, false, "refused", "larger than the topic's max.message.bytes"),
  OFFSET_METADATA_TOO_LARGE: kafka(12, false, "refused", "the offset's metadata is too large"),
  NETWORK_EXCEPTION: kafka(13, true, "unknown", "the broker lost the connection"),
  COORDINATOR_LOAD_IN_PROGRESS: kafka(14, true, "refused", "the coordinator is loading"),
  COORDINATOR_NOT_AVAILABLE: kafka(15, true, "refused", "there is no coordinator now"),
  NOT_COORDINATOR: kafka(16, true, "refused", "the broker is not the coordinator"),
  INVALID_TOPIC_EXCEPTION: kafka(17, false, "refused", "not a usable topic name, or an internal topic"),
  RECORD_LIST_TOO_LARGE: kafka(18, false, "refused", "larger than the topic's segment"),
  NOT_ENOUGH_REPLICAS: kafka(19, true, "refused", "fewer replicas in sync than min.insync.replicas"),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: kafka(20, true, "unknown", "written, then too few replicas were in sync"),
  INVALID_REQUIRED_ACKS: kafka(21, false, "refused", "acks is not usable"),
  ILLEGAL_GENERATION: kafka(22, false, "refused", "the group has another generation"),
  INCONSISTENT_GROUP_PROTOCOL: kafka(23, false, "refused", "the group's members speak another protocol"),
  INVALID_GROUP_ID: kafka(24, false, "refused", "not a usable group id"),
  UNKNOWN_MEMBER_ID: kafka(25, false, "refused", "the group has no such member"),
  INVALID_SESSION_TIMEOUT: kafka(26, false, "refused", "the session timeout is outside the broker's limits"),
  REBALANCE_IN_PROGRESS: kafka(27, false, "refused", "the group is rebalancing"),
  INVALID_COMMIT_OFFSET_SIZE: kafka(28, false, "refused", "the offset commit is too large"),
  TOPIC_AUTHORIZATION_FAILED: kafka(29, false, "refused", "no permission on the topic"),
  GROUP_AUTHORIZATION_FAILED: kafka(30, false, "refused", "no permission on the group"),
  CLUSTER_AUTHORIZATION_FAILED: kafka(31, false, "refused", "no permission on the cluster"),
  INVALID_TIMESTAMP: kafka(32, false, "refused", "a timestamp is outside the topic's limits"),
  UNSUPPORTED_SASL_MECHANISM: kafka(33, false, "refused", "the broker does not offer the SASL mechanism"),
  ILLEGAL_SASL_STATE: kafka(34, false, "refused", "the broker expects another step of SASL"),
  UNSUPPORTED_VERSION: kafka(35, false, "refused", "the broker does not speak the request's version"),
  TOPIC_ALREADY_EXISTS: kafka(36, false, "refused", "there is a topic of that name"),
  INVALID_PARTITIONS: kafka(37, false, "refused", "not a usable number of partitions"),
  INVALID_REPLICATION_FACTOR: kafka(38, false, "refused", "not a usable replication factor"),
  INVALID_REPLICA_ASSIGNMENT: kafka(39, false, "refused", "not a usable replica assignment"),
  INVALID_CONFIG: kafka(40, false, "refused", "a config entry is not usable"),
  NOT_CONTROLLER: kafka(41, true, "refused", "the broker is not the controller"),
  INVALID_REQUEST: kafka(42, false, "refused", "the broker finds the request wrong"),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: kafka(43, false, "refused", "the topic's message format is too old"),
  POLICY_VIOLATION: kafka(44, false, "refused", "against a policy of the cluster"),
  OUT_OF_ORDER_SEQUENCE_NUMBER: kafka(45, false, "refused", "the batch does not follow the last one"),
  DUPLICATE_SEQUENCE_NUMBER: kafka(46, false, "stored", "stored before; the broker no longer knows where"),
  INVALID_PRODUCER_EPOCH: kafka(47, false, "refused", "a newer epoch of the producer has written"),
  KAFKA_STORAGE_ERROR: kafka(56, true, "unknown", "the broker's disk failed"),
  SASL_AUTHENTICATION_FAILED: kafka(58, false, "refused", "the credentials are refused"),
  UNKNOWN_PRODUCER_ID: kafka(59, false, "refused", "the broker has forgotten the producer"),
  NON_EMPTY_GROUP: kafka(68, false, "refused", "the group has members"),
  GROUP_ID_NOT_FOUND: kafka(69, false, "refused", "there is no such group"),
  FENCED_LEADER_EPOCH: kafka(74, true, "refused", "the partition has a newer leader"),
  UNKNOWN_LEADER_EPOCH: kafka(75, true, "refused", "the broker has not heard of the leader epoch yet"),
  UNSUPPORTED_COMPRESSION_TYPE: kafka(76, false, "refused", "the broker does not take this compression"),
  OFFSET_NOT_AVAILABLE: kafka(78, true, "refused", "the new leader does not know its high watermark yet"),
  MEMBER_ID_REQUIRED: kafka(79, true, "refused", "join again with the member id given"),
  GROUP_MAX_SIZE_REACHED: kafka(81, false, "refused", "the group is full"),
  FENCED_INSTANCE_ID: kafka(82, false, "refused", "another member has the group instance id"),
  INVALID_RECORD: kafka(87, false, "refused", "a record fails the topic's validation"),
  UNSTABLE_OFFSET_COMMIT: kafka(88, true, "refused", "offsets of an open transaction"),
  THROTTLING_QUOTA_EXCEEDED: kafka(89, true, "refused", "over a quota"),
} as const satisfies Record<string, ErrorSpec>;

export type KafkaErrorKind = keyof typeof KAFKA_ERRORS;

/** Talking to Kafka failed; `kind` says how. */
export class KafkaError extends Error {
  override readonly name = "KafkaError";
  readonly kind: KafkaErrorKind;

  constructor(kind: KafkaErrorKind, message: string, options?: ErrorOptions) {
    super(`${kind}: ${message}`, options);
    this.kind = kind;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get retriable(): boolean {
    return KAFKA_ERRORS[this.kind].retriable;
  }

  /** What the error says about the write that met it. */
  get outcome(): WriteOutcome {
    return KAFKA_ERRORS[this.kind].outcome;
  }
}

const KIND_BY_CODE = new Map<number, KafkaErrorKind>(
  Object.entries<ErrorSpec>(KAFKA_ERRORS).flatMap(([kind, { code }]) =>
    // Object.entries forgets that its names are the table's own.
    code === undefined ? [] : [[code, kind as KafkaErrorKind] as const],
  ),
);

/** The kind of a number from an answer; undefined for 0. A number that we do not know is UNKNOWN_SERVER_ERROR. */
export function kindOf(code: number): KafkaErrorKind | undefined {
  return code === 0 ? undefined : (KIND_BY_CODE.get(code) ?? "UNKNOWN_SERVER_ERROR");
}

/** The error of a number from an answer; `about` says what was asked. */
export function errorOf(code: number, about: string): KafkaError {
  const kind = kindOf(code) ?? "UNKNOWN_SERVER_ERROR";
  const number = KIND_BY_CODE.has(code) ? "" : ` (error ${code})`;
  return new KafkaError(kind, `${about}: ${KAFKA_ERRORS[kind].meaning}${number}`);
}

/** @throws KafkaError where the number is not 0. */
export function assertSuccess(code: number, about: string): void {
  if (code !== 0) throw errorOf(code, about);
}

/** The errors as the README's table. */
export function kafkaErrorsTable(): string {
  const rows = Object.entries<ErrorSpec>(KAFKA_ERRORS).map(
    ([kind, { code, retriable, outcome, meaning }]) =>
      `| \`${kind}\` | ${code ?? ""} | ${retriable ? "yes" : "no"} | ${outcome} | ${meaning} |`,
  );
  return ["| kind | number | worth a retry | a write was | meaning |", "|---|---|---|---|---|", ...rows].join("\n");
}

function kafka(code: number, retriable: boolean, outcome: WriteOutcome, meaning: string): ErrorSpec {
  return { code, retriable, outcome, meaning };
}

function ours(retriable: boolean, outcome: WriteOutcome, meaning: string): ErrorSpec {
  return { retriable, outcome, meaning };
}
