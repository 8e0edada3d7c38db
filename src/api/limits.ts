import type { Config } from "../config.ts";

/** What a request may ask of this process. */
export interface Limits {
  readonly bodyBytesMax: number;
  readonly batchEventsMax: number;
  /** A request that asks for a check of a schema. */
  readonly checkBytesMax: number;
  /** Checks that wait for those before them: one is done at a time. */
  readonly checksWaitingMax: number;
  /** From the request to the end of its body; for a streamed one, between two of its pieces. */
  readonly bodyTimeoutMs: number;
  /** Events of one NDJSON request that wait for Kafka at the same time. */
  readonly linesInFlightMax: number;
  /** How far ahead of our clock an event's time may be where the topic does not say. Kafka's own default. */
  readonly futureMsMax: number;
  /** How long Kafka or the registry may take to show that they are there. */
  readonly readyTimeoutMs: number;
}

/** Longer than any client needs for a body of the size that is allowed. */
const BODY_TIMEOUT_MS = 30_000;

/** Fifty times the schema of an order. While a schema is checked no event is: this much takes 200 ms at most. */
const CHECK_BYTES_MAX = 128 * 1024;

export const limitsOf = ({ bodyBytesMax, batchEventsMax }: Config): Limits => ({
  bodyBytesMax,
  batchEventsMax,
  checkBytesMax: CHECK_BYTES_MAX,
  checksWaitingMax: 16,
  bodyTimeoutMs: BODY_TIMEOUT_MS,
  linesInFlightMax: 1_000,
  futureMsMax: 3_600_000,
  readyTimeoutMs: 1_000,
});
