import pino from "pino";
import type { Emit, Events } from "./events.ts";
import { placeOf } from "./thrown.ts";

type Level = "debug" | "info" | "warn" | "error";

/** How each event reads: its level, and its sentence. The detail goes along as fields. */
const LINES: { readonly [Name in keyof Events]: readonly [Level, (detail: Events[Name]) => string] } = {
  "api.listening": ["info", ({ url, topics }) => `the API listens on ${url} with ${topics} topics`],
  "api.stopping": ["info", ({ reason }) => `stopping: ${reason}`],
  "api.stopped": [
    "info",
    ({ undelivered }) =>
      undelivered === 0 ? "stopped; everything was delivered" : `stopped; ${undelivered} events were not delivered`,
  ],
  "api.event.lost": [
    "error",
    ({ topic, id, outcome, error }) =>
      `${topic}: event ${id}, answered with 202, ${outcome === "failed" ? "is not stored" : "may not be stored"}: ${reason(error)}`,
  ],
  "api.refused": ["debug", ({ method, path, status, detail }) => `${method} ${path} was answered ${status}: ${detail}`],
  "api.failed": ["error", ({ error }) => `a request was answered with 500: ${reason(error)}`],
  "worker.started": ["info", ({ topics, opsUrl }) => `reads ${topics.join(", ")}; health and metrics on ${opsUrl}`],
  "worker.stopping": ["info", ({ reason }) => `stopping: ${reason}`],
  "worker.stopped": [
    "info",
    ({ forced, running }) => (forced ? `stopped by force; still running: ${running.join(", ")}` : "stopped"),
  ],
  "worker.said": ["info", ({ text }) => text],
  "worker.event.failed": [
    "warn",
    ({ topic, partition, offset, attempt, outage, delayMs, error }) =>
      `${topic}/${partition}/${offset}: attempt ${attempt} failed, again in ${Math.round(delayMs)} ms${outage ? " (an outage: it costs no attempt)" : ""}: ${reason(error)}${placeOf(error)}`,
  ],
  "worker.event.dead": [
    "error",
    ({ topic, partition, offset, to, attempts, error }) =>
      `${topic}/${partition}/${offset}: given up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}, now in ${to}: ${reason(error)}${placeOf(error)}`,
  ],
  "worker.deadLetter.failed": [
    "error",
    ({ topic, partition, offset, to, error }) =>
      `${topic}/${partition}/${offset}: cannot be stored in ${to}, and its partition waits: ${reason(error)}`,
  ],
  "worker.event.repeated": [
    "debug",
    ({ topic, partition, offset, id }) =>
      `${topic}/${partition}/${offset}: event ${id} came again; its effect is stored`,
  ],
  "worker.registry.failed": [
    "warn",
    ({ topic, partition, offset, schemaId, error }) =>
      `${topic}/${partition}/${offset}: waits for schema ${schemaId}: ${reason(error)}`,
  ],
  "worker.inbox.pruned": ["debug", ({ rows }) => `${rows} events were forgotten by the inbox`],
  "worker.inbox.failed": ["warn", ({ error }) => `the inbox was not pruned: ${reason(error)}`],
  "consumer.joined": [
    "info",
    ({ group, generationId, leader, partitions, tookMs }) =>
      `joined ${group} in ${Math.round(tookMs)} ms: ${partitions} partitions in generation ${generationId}${leader ? ", as its leader" : ""}`,
  ],
  "consumer.rejoining": ["info", ({ group, why }) => `joins ${group} again: ${why}`],
  "consumer.join_failed": ["warn", ({ group, error }) => `cannot join ${group}, and tries again: ${reason(error)}`],
  "consumer.leave_failed": [
    "warn",
    ({ group, error }) => `could not leave ${group}, which waits until the session ends: ${reason(error)}`,
  ],
  "consumer.commit_failed": ["warn", ({ group, error }) => `could not commit offsets of ${group}: ${reason(error)}`],
  "consumer.topics_missing": ["warn", ({ group, topics }) => `${group} waits for topics: ${topics.join(", ")}`],
  "consumer.data_gap": [
    "error",
    ({ topic, partition, expected, earliest, missing }) =>
      `${topic}-${partition}: offset ${expected} is not in the log; goes on at ${earliest}, and ${missing} records are missing`,
  ],
  "consumer.blocked": [
    "error",
    ({ topic, partition, offset, error }) =>
      `${topic}-${partition} cannot be read at offset ${offset}: ${reason(error)}`,
  ],
  "consumer.failed": ["error", ({ group, error }) => `gave up on ${group}: ${reason(error)}`],
  "consumer.stopped": ["info", ({ group }) => `left ${group}`],
  "registry.listening": [
    "info",
    ({ url, durable }) => `the registry listens on ${url}${durable ? "" : "; what it holds is lost when it ends"}`,
  ],
  "registry.stopped": ["info", () => "the registry has stopped"],
  "registry.lock_ignored": [
    "warn",
    ({ conflict }) => `the registry's ids are not those of schemas.lock.json: ${conflict}; what is kept wins`,
  ],
  "registry.failed": ["error", ({ error }) => `the registry answered a request with 500: ${reason(error)}`],
  "broker.listening": [
    "info",
    ({ addresses, topics, durable }) =>
      `the broker listens on ${addresses.join(", ")} with ${topics} ${topics === 1 ? "topic" : "topics"}, ${durable ? "kept on disk" : "in memory alone"}`,
  ],
  "broker.faults.listening": ["info", ({ url }) => `requests are made to go wrong at ${url}/faults`],
  "broker.stopped": ["info", () => "the broker has stopped"],
  "broker.connection.refused": [
    "warn",
    ({ clientHost, connections }) => `a connection from ${clientHost} was refused: there are ${connections}`,
  ],
  "broker.login.failed": [
    "warn",
    ({ clientHost, mechanism, username }) =>
      `a login from ${clientHost} failed: ${mechanism}${username === undefined ? "" : `, user ${JSON.stringify(username)}`}`,
  ],
  "broker.connection.failed": [
    "warn",
    ({ clientHost, error }) => `a connection from ${clientHost} was closed: ${reason(error)}`,
  ],
  "broker.records.dropped": [
    "debug",
    ({ topic, partition, records }) => `${records} records of ${topic}-${partition} were dropped by its retention`,
  ],
  "broker.log.damaged": [
    "error",
    ({ folder, endOffset, removedBytes }) =>
      `the log in ${folder} is damaged: it ends at offset ${endOffset} now, and records behind that are lost${removedBytes > 0 ? ` (${removedBytes} bytes in later segments)` : ""}`,
  ],
  "broker.clean.failed": [
    "error",
    ({ topic, partition, error }) => `the log of ${topic}-${partition} could not be cleaned: ${reason(error)}`,
  ],
  "broker.request.failed": ["error", ({ api, error }) => `${api} was answered UNKNOWN_SERVER_ERROR: ${reason(error)}`],
  "broker.storage.failed": [
    "error",
    ({ api, error }) => `${api} was answered a failure of the storage: ${reason(error)}`,
  ],
  "broker.transaction.expired": [
    "warn",
    ({ transactionalId, tookMs }) => `the transaction of ${transactionalId} was aborted after ${tookMs} ms`,
  ],
  "broker.marker.failed": [
    "error",
    ({ transactionalId, topic, partition, error }) =>
      `the end of ${transactionalId}'s transaction is not in ${topic}-${partition} yet: ${reason(error)}`,
  ],
  "broker.group.unstored": ["error", ({ group, error }) => `group ${group} could not be stored: ${reason(error)}`],
};

/** Builds the one place where events become lines: JSON, one object per line, on standard output. */
export function createLog(level: string): Emit {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: (error: unknown) => told(error, level === "debug") },
    },
    pino.destination({ fd: 1, sync: true }),
  );
  return (name, detail) => {
    const [severity, sentence] = LINES[name];
    const fields: object = { event: name, ...detail };
    logger[severity](fields, sentence(detail));
  };
}

/**
 * An Error is no JSON by itself: its message and its causes are. Where it was thrown is told too, unless it is one of
 * ours, which say what happened by their kind and have a stack for the level `debug` alone.
 */
function told(error: unknown, always: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const { stack, ...rest } = pino.stdSerializers.errWithCause(error);
  return "kind" in error && !always ? rest : { ...rest, stack };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
