import type { CompatibilityLevel, Schema } from "../avro/index.ts";

/** A named type that a schema uses and another subject defines. */
export interface NamedReference {
  readonly name: string;
  readonly subject: string;
}

/** One `.avsc` under `_shared/`: a named type that schemas use; registered under its own full name. */
export interface SchemaFile {
  /** Full name, `shared.Money`. */
  readonly name: string;
  readonly subject: string;
  /** As problems name it, `schemas/_shared/money.avsc`. */
  readonly file: string;
  /** Self-contained: what the references name is written out. */
  readonly schema: Schema;
  /** What is registered: compact JSON that names what `references` define. */
  readonly text: string;
  readonly references: readonly NamedReference[];
  /** The least level that keeps every promise of the topics that use it. */
  readonly compatibility: CompatibilityLevel;
}

/** Where a value is in an event: field names from the outermost in. */
export type FieldPath = readonly string[];

/** One `vN.avsc` and what `topic.yaml` says of it. */
export interface CatalogTopic {
  /** `orders.order.created.v1`. */
  readonly topic: string;
  /** `orders.order.created`. */
  readonly eventType: string;
  readonly major: number;
  /** `orders.order.created.v1-value`. */
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
  readonly text: string;
  readonly references: readonly NamedReference[];
  /** Paths of the fields whose values make the Kafka key; empty for no key. */
  readonly key: readonly FieldPath[];
  readonly idPath?: FieldPath;
  readonly timePath?: FieldPath;
  readonly compatibility: CompatibilityLevel;
  /** Whether `topic.yaml` names the level, or it is our default. */
  readonly compatibilityDeclared: boolean;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
  readonly description: string;
  readonly owner: string;
}

/** Everything under `schemas/`. */
export interface Catalog {
  readonly dir: string;
  /** By event type, then by major version. */
  readonly topics: readonly CatalogTopic[];
  /** In the order in which they can be registered: what is referenced comes first. */
  readonly shared: readonly SchemaFile[];
  topic(name: string): CatalogTopic | undefined;
}

/** What an event says of itself. */
export interface Envelope {
  readonly key: string | null;
  readonly id: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number | undefined;
}
