import type { CompatibilityLevel, Schema } from "../avro/index.ts";

/** A named type that another subject's version defines. */
export interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as it is registered: its text may name what the references define. */
export interface SchemaText {
  readonly text: string;
  readonly references: readonly Reference[];
}

/** One version of a subject. */
export interface SchemaVersion extends SchemaText {
  readonly id: number;
  readonly version: number;
  /** Self-contained: the references are written out. */
  readonly schema: Schema;
}

export interface RegistrySettings {
  /** Base URL, which may have a path: `https://registry:8081/apis/ccompat/v7`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM of the authority that signed the registry's certificate; the system's where absent. */
  readonly ca?: string;
  /** How long one request may take, answer included. */
  readonly timeoutMs?: number;
  /** How often a request is sent at most: 5xx and connection errors are tried again, nothing else. */
  readonly attempts?: number;
  readonly retryDelayMs?: number;
  readonly retryDelayMsMax?: number;
  /** How long a `latest` version and a list may be remembered. 0 asks each time. */
  readonly latestTtlMs?: number;
  /** How long an unknown id or subject is remembered as unknown. */
  readonly missTtlMs?: number;
  readonly schemasMax?: number;
  readonly answerBytesMax?: number;
}

/** A client of one Confluent-compatible registry. Every method rejects with RegistryError. */
export interface Registry {
  /** Registers a schema, or finds it where it is registered already. Answers its id. */
  register(subject: string, schema: SchemaText): Promise<number>;
  /** The version that holds this very schema. */
  lookup(subject: string, schema: SchemaText): Promise<{ id: number; version: number } | undefined>;
  /** Remembered for ever, within `schemasMax`. */
  schemaById(id: number): Promise<Schema>;
  /** Ascending; empty for a subject that is not there. */
  versions(subject: string): Promise<number[]>;
  version(subject: string, version: number | "latest"): Promise<SchemaVersion | undefined>;
  /** Asks whether registering it would be accepted, and why not. A subject that is not there accepts everything. */
  compatible(subject: string, schema: SchemaText): Promise<{ compatible: boolean; messages: string[] }>;
  /** The level of a subject itself, or the registry's own without one. */
  level(subject?: string): Promise<CompatibilityLevel | undefined>;
  setLevel(subject: string, level: CompatibilityLevel): Promise<void>;
  subjects(): Promise<string[]>;
  /** Ids of the schemas that refer to a version, ascending; those of deleted ones only where the registry counts them. */
  referrers(subject: string, version: number): Promise<number[]>;
  /** Deletes a subject so that its ids stay readable. Answers its versions; none where it is not there, or was deleted. */
  deleteSubject(subject: string): Promise<number[]>;
  /** Deletes one version so that its id stays readable. One that is not there, or was deleted, is fine. */
  deleteVersion(subject: string, version: number): Promise<void>;
  /** What the registry calls its cluster; undefined where it does not say. One attempt. */
  name(): Promise<string | undefined>;
  /** Resolves when the registry answers. One attempt. */
  ping(): Promise<void>;
  /** Ends what is under way with CLOSED. Closing twice is a no-op. */
  close(): void;
}
