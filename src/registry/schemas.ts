import type { CompatibilityLevel } from "../avro/index.ts";
import type { Catalog } from "../catalog/index.ts";
import type { RegistryError } from "./errors.ts";
import type { Registry } from "./model.ts";

/** One thing that registering a catalog does. */
export type SchemaStep = LevelStep | RegisterStep;

export interface LevelStep {
  readonly kind: "level";
  readonly subject: string;
  readonly file: string;
  /** The subject's own level; undefined where it has none. */
  readonly own: CompatibilityLevel | undefined;
  /** What holds now: the subject's own, else the registry's. */
  readonly inForce: CompatibilityLevel;
  readonly to: CompatibilityLevel;
  /** Gives up a promise that holds for versions already registered. Refused unless `allowLowering`. */
  readonly lowers: boolean;
}

export interface RegisterStep {
  readonly kind: "register";
  readonly subject: string;
  readonly file: string;
  /** `untested`: the registry cannot say before it registers; it checks then. */
  readonly status: "first" | "new version" | "unchanged" | "incompatible" | "untested";
  /** The registry's reasons, where `status` is incompatible or untested. */
  readonly messages: readonly string[];
  /** Where unchanged, or done. */
  readonly id?: number;
}

export interface SchemaPlan {
  /** Levels first, then schemas in the order of their references. Levels that hold already are left out. */
  readonly steps: readonly SchemaStep[];
  /** The steps that stop `applySchemas`. */
  readonly refused: readonly SchemaStep[];
  /** Whether applying would change anything. */
  readonly changes: boolean;
}

export interface SchemasApplied {
  readonly done: readonly SchemaStep[];
  readonly left: readonly SchemaStep[];
  /** Why it stopped; absent when everything was done. */
  readonly stopped?: {
    readonly step: SchemaStep;
    readonly messages: readonly string[];
    readonly error?: RegistryError;
  };
}

export interface ApplyOptions {
  readonly allowLowering?: boolean;
  onStep?(step: SchemaStep): void;
}

/** What registering this catalog would do. Changes nothing. */
export function planSchemas(registry: Registry, catalog: Catalog, options?: ApplyOptions): Promise<SchemaPlan> {
  throw new Error(`not written yet: ${registry} ${catalog.dir} ${options}`);
}

/** Registers a catalog: nothing at all where the plan is refused, and no more after the first refusal. */
export function applySchemas(registry: Registry, catalog: Catalog, options?: ApplyOptions): Promise<SchemasApplied> {
  throw new Error(`not written yet: ${registry} ${catalog.dir} ${options}`);
}
