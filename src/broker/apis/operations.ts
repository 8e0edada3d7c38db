/** Kafka's operations by number; a set of them is a bit for each. */
const OPERATIONS = {
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
} as const;

const bits = (...names: readonly (keyof typeof OPERATIONS)[]): number =>
  names.reduce((set, name) => set | (1 << OPERATIONS[name]), 0);

/** Everybody who is let in may do everything; these are the sets that Apache Kafka answers then. */
export const TOPIC_OPERATIONS = bits(
  "READ",
  "WRITE",
  "CREATE",
  "DELETE",
  "ALTER",
  "DESCRIBE",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
);
export const CLUSTER_OPERATIONS = bits(
  "CREATE",
  "ALTER",
  "DESCRIBE",
  "CLUSTER_ACTION",
  "DESCRIBE_CONFIGS",
  "ALTER_CONFIGS",
  "IDEMPOTENT_WRITE",
);
export const GROUP_OPERATIONS = bits("READ", "DELETE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS");
