/** What one broker takes in at most. Each is answered with an error or ends one connection; none ends the broker. */
export interface Limits {
  /** The largest request, as Apache Kafka's `socket.request.max.bytes`. */
  readonly frameBytes: number;
  /** The largest request of a client that has not authenticated, as Apache Kafka's `sasl.server.max.receive.size`. */
  readonly unauthenticatedFrameBytes: number;
  readonly connections: number;
  /** How long a connection may be silent, as Apache Kafka's `connections.max.idle.ms`. */
  readonly idleMs: number;
  /** How long a connection may be silent in the middle of a request. */
  readonly frameMs: number;
  /** Requests that have come in part or wait for others, of all connections together. */
  readonly heldBytes: number;
  readonly topics: number;
  readonly partitions: number;
  readonly groups: number;
  readonly transactions: number;
  /** What all logs hold together where they are kept in memory. */
  readonly memoryBytes: number;
}

export const LIMITS: Limits = {
  frameBytes: 100 * 1024 * 1024,
  unauthenticatedFrameBytes: 512 * 1024,
  connections: 10_000,
  idleMs: 600_000,
  frameMs: 60_000,
  heldBytes: 1024 * 1024 * 1024,
  topics: 10_000,
  partitions: 100_000,
  groups: 10_000,
  transactions: 10_000,
  memoryBytes: 4 * 1024 * 1024 * 1024,
};
