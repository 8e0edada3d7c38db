import { nearest } from "../avro/index.ts";
import type { EventOf, TopicName } from "../catalog/index.ts";
import type { Sql } from "../store/index.ts";
import type { ReaderValue } from "./reader-value.ts";

/** When a handler that failed runs again: after a random time up to `delayMs`, doubled each time, `maxDelayMs` at most. */
export interface RetryPolicy {
  /** How often the handler runs at most, the first time included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

/** Avro schemas of a worker's own, by topic, as JSON values. */
export type Readers<Name extends TopicName> = { readonly [Topic in Name]?: unknown };

/** What the events of a topic decode to: as the worker's own schema says where it declares one, else as the topic's. */
type ValueOf<Name extends TopicName, Own> = Own extends { readonly [Topic in Name]: infer Schema }
  ? ReaderValue<Schema>
  : EventOf<Name>;

/** One event as a handler sees it. */
export interface TopicEvent<Name extends TopicName, Tombstones extends boolean = boolean, Own = unknown> {
  readonly topic: Name;
  readonly partition: number;
  readonly offset: bigint;
  /** In the shape of this worker's schema, whichever version wrote it; null is a tombstone. */
  readonly value: ValueOf<Name, Own> | (Tombstones extends true ? null : never);
  /** Kafka's key as text. */
  readonly key: string | null;
  /** `ce_id`; else what the event's own id field says; else `topic/partition/offset`. */
  readonly id: string;
  /** `ce_type`; else the topic's event type. */
  readonly type: string;
  /** `ce_source`, where the producer sent it. */
  readonly source: string | undefined;
  /** `ce_time`; else what the event's own time field says; else the record's timestamp. */
  readonly time: Date;
  /** As text; the last one counts where a name is repeated. */
  readonly headers: Readonly<Record<string, string>>;
  /** The writer schema's id; undefined for a tombstone. */
  readonly schemaId: number | undefined;
}

/** An event as the runtime has it: of any topic, with whatever value. */
export interface UntypedEvent extends Omit<TopicEvent<TopicName>, "topic" | "value"> {
  readonly topic: string;
  readonly value: unknown;
}

/** A union over the topics, so that `event.topic` narrows `event.value`. */
export type AnyEvent<Name extends TopicName, Tombstones extends boolean, Own = unknown> = Name extends TopicName
  ? TopicEvent<Name, Tombstones, Own>
  : never;

/** What a handler may use beside the event. */
export interface Context {
  /** Aborted when the attempt has timed out, or the process must stop now. Pass it to whatever waits. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /** Prints a line at level info, with topic, partition, offset and id. */
  log(text: string, fields?: Readonly<Record<string, unknown>>): void;
  /** For reading from the database; writes belong into `transaction`. */
  readonly sql: Sql;
  /**
   * Runs the effect in one database transaction with the event's row in the inbox, so it happens once, however often
   * the event arrives; answers undefined where it has happened before. Once per handler run. The effect does nothing
   * but SQL, and may run again when another transaction gets in its way.
   */
  transaction<Result>(effect: (sql: Sql) => Promise<Result>): Promise<Result | undefined>;
}

/** What a file in workers/ declares. */
export interface Declaration<Name extends TopicName, Tombstones extends boolean = false, Own = Readers<Name>> {
  /** The consumer group, and the worker's name. */
  readonly group: string;
  readonly topics: readonly Name[];
  /**
   * Schemas of its own to read topics with, such as the few fields that it needs: what else the topic's schema becomes
   * is no matter to it, and `sluice check` holds changes against them. Default: the topic's schema.
   */
  readonly readers?: Own;
  /** Default: 5 attempts, 200 ms, 30 s at most. */
  readonly retry?: Partial<RetryPolicy>;
  /** How long one attempt may take. Default: 60 s. */
  readonly timeoutMs?: number;
  /**
   * How many events of a partition are handled at the same time, those of one key still one after the other. For
   * handlers that wait for something slow. Default: 1, so that the whole partition keeps its order.
   */
  readonly concurrency?: number;
  /** Whether `handle` takes tombstones, events without a value. Otherwise they are dead-lettered. */
  readonly tombstones?: Tombstones;
  /** How long the inbox remembers an event. Default: as long as the topics keep it; see the README. */
  readonly inboxRetentionMs?: number;
  /** Creates the worker's tables, before the first event and never in two processes at once. */
  setup?(sql: Sql): Promise<void>;
  /** Events of one partition come one after the other. Throwing means "again"; see `Rejected` and `Unavailable`. */
  handle(event: AnyEvent<Name, Tombstones, Own>, context: Context): Promise<void> | void;
}

/** A declaration with its defaults filled in. */
export interface Worker {
  readonly [WORKER]: true;
  readonly group: string;
  readonly topics: readonly string[];
  /** Its own schemas as JSON values, by topic. */
  readonly readers: Readonly<Record<string, unknown>>;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly tombstones: boolean;
  readonly inboxRetentionMs: number | undefined;
  readonly setup: ((sql: Sql) => Promise<void>) | undefined;
  readonly handle: (event: UntypedEvent, context: Context) => Promise<void> | void;
  /** What TypeScript would have refused in the declaration, as sentences: nobody asks it before a worker runs. */
  readonly mistakes: readonly string[];
}

/** Marks what `defineWorker` made, so that a folder of workers may hold other exports too. */
export const WORKER: unique symbol = Symbol.for("sluice.worker");

const RETRY: RetryPolicy = { attempts: 5, delayMs: 200, maxDelayMs: 30_000 };
const TIMEOUT_MS = 60_000;

/** Declares a worker: one consumer group and what it does with each event. Nothing runs before `runWorker`. */
export function defineWorker<
  const Name extends TopicName,
  const Tombstones extends boolean = false,
  const Own extends Readers<Name> = Record<never, never>,
>(declaration: Declaration<Name, Tombstones, Own>): Worker {
  const {
    group,
    topics,
    readers,
    retry,
    timeoutMs = TIMEOUT_MS,
    concurrency = 1,
    tombstones,
    inboxRetentionMs,
  } = declaration;
  return {
    [WORKER]: true,
    group,
    topics,
    readers: { ...readers },
    retry: { ...RETRY, ...retry },
    timeoutMs,
    concurrency,
    tombstones: tombstones ?? false,
    inboxRetentionMs,
    setup: declaration.setup?.bind(declaration),
    // The runtime hands in events of `topics` alone, decoded by their schemas, and tombstones only where declared.
    handle: (event, context) => declaration.handle(event as AnyEvent<Name, Tombstones, Own>, context),
    mistakes: mistakesIn(declaration),
  };
}

/** Every member that a declaration may have; the compiler holds it to the interface. */
const MEMBERS: Readonly<Record<keyof Declaration<TopicName>, "required" | "optional">> = {
  group: "required",
  topics: "required",
  handle: "required",
  readers: "optional",
  setup: "optional",
  retry: "optional",
  timeoutMs: "optional",
  concurrency: "optional",
  tombstones: "optional",
  inboxRetentionMs: "optional",
};

function mistakesIn(declaration: object): string[] {
  const given = new Map<string, unknown>(Object.entries(declaration));
  const names = Object.keys(MEMBERS);
  const unknown = Object.keys(declaration).filter((name) => !names.includes(name));
  const missing = Object.entries(MEMBERS)
    .filter(([name, kind]) => kind === "required" && given.get(name) === undefined && !(name in declaration))
    .map(([name]) => name);
  return [
    ...missing.map((name) => {
      const near = nearest(name, unknown);
      return `it has no ${name}${near === undefined ? "" : `; did you mean ${name} where it says ${near}?`}`;
    }),
    ...unknown
      .filter((name) => !missing.some((one) => nearest(one, unknown) === name))
      .map((name) => {
        const near = nearest(name, names);
        return `${name}: a worker has nothing of this name; ${near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`}`;
      }),
    ...["handle", "setup"]
      .filter((name) => given.get(name) !== undefined && typeof given.get(name) !== "function")
      .map((name) => `${name} is no function`),
  ];
}

/** Whether this is what `defineWorker` made. */
export function isWorker(value: unknown): value is Worker {
  return typeof value === "object" && value !== null && WORKER in value;
}
