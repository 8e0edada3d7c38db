import type { CompatibilityLevel } from "../../avro/index.ts";
import type { Metadata } from "./metadata.ts";

/** The highest number of an id or a version: Java's, and what fits the four bytes before a message. */
export const NUMBER_MAX = 2 ** 31 - 1;

/** A named type that another subject's version defines. */
export interface Reference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** One version of a subject, with its schema. */
export interface Version {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
  /** As it is stored: the text that Avro Java gives it. */
  readonly text: string;
  readonly references: readonly Reference[];
  readonly metadata: Metadata | undefined;
  /** When it was registered, in milliseconds. */
  readonly ts: number;
  readonly deleted: boolean;
}

/** What may be set for the registry, a context or a subject. Attributes that are not there are inherited or off. */
export interface Settings {
  /** Another subject that is meant by this one's name. */
  readonly alias?: string;
  readonly normalize?: boolean;
  readonly validateFields?: boolean;
  readonly validateNewSchemas?: boolean;
  readonly compatibilityLevel?: CompatibilityLevel;
  readonly compatibilityGroup?: string;
  readonly defaultMetadata?: Metadata;
  readonly overrideMetadata?: Metadata;
}

export const MODES = ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"] as const;

/** What may be done to a subject; see `mode.ts`. */
export type Mode = (typeof MODES)[number];

/** What a server takes at most. */
export interface RegistryLimits {
  readonly bodyBytesMax: number;
  /** With its references and metadata. */
  readonly schemaBytesMax: number;
  /** Versions in the whole registry, the deleted ones too. */
  readonly versionsMax: number;
}

export const DEFAULT_LIMITS: RegistryLimits = {
  bodyBytesMax: 4 * 1024 * 1024,
  // Confluent keeps a schema in one Kafka record, whose default limit this is.
  schemaBytesMax: 1_000_000,
  versionsMax: 100_000,
};
