import type { Config } from "../config.ts";

/** What a request may ask of this process. */
export interface Limits {
  readonly bodyBytesMax: number;
  readonly batchEventsMax: number;
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

export const limitsOf = ({ bodyBytesMax, batchEventsMax }: Config): Limits => ({
  bodyBytesMax,
  batchEventsMax,
  bodyTimeoutMs: BODY_TIMEOUT_MS,
  linesInFlightMax: 1_000,
  futureMsMax: 3_600_000,
  readyTimeoutMs: 1_000,
});
