import type { CompatibilityLevel } from "../avro/index.ts";
import type { Place } from "../catalog/index.ts";

/** One thing that registering a catalog does. */
export type SchemaStep = LevelStep | RegisterStep | DeleteStep;

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
  /** Where no schema comes with it: what is registered already and breaks the promise that it makes. */
  readonly findings: readonly SchemaFinding[];
}

export interface RegisterStep {
  readonly kind: "register";
  readonly subject: string;
  readonly file: string;
  /**
   * `untested`: the registry can't say before it registers; it checks then. `rolled back`: the schema is an older version
   * than the latest, which stays the latest; registering it changes nothing.
   */
  readonly status: "first" | "new version" | "unchanged" | "rolled back" | "incompatible" | "untested";
  /** Why, where `status` says that something is not as it should be; one sentence each. */
  readonly messages: readonly string[];
  /** What our own check found against the versions that the level asks about. */
  readonly findings: readonly SchemaFinding[];
  /** What the registry itself said, where it was asked. */
  readonly verdict?: { readonly compatible: boolean; readonly messages: readonly string[] };
  /** Of a schema that is registered. */
  readonly id?: number;
  /** Of a schema that was registered before. */
  readonly version?: number;
  /** The registry's latest version, where it is another one. */
  readonly latest?: number;
}

/** A reason why one of two schemas cannot read what the other writes. */
export interface SchemaFinding {
  /** Avro's name for it. */
  readonly rule: string;
  /** BACKWARD: the new schema reads old data. FORWARD: old readers read new data. */
  readonly direction: "BACKWARD" | "FORWARD";
  /** JSON pointer into the schema that reads. */
  readonly path: string;
  readonly message: string;
  /** Versions that it concerns, newest first. */
  readonly versions: readonly number[];
  readonly file: string;
  /** Where in the file, where the files are known. */
  readonly place?: Place;
}

/** A subject goes: its ids stay readable, its versions are hidden. */
export interface DeleteStep extends RemovedSubject {
  readonly kind: "delete";
  /** That says that it was registered from here. */
  readonly file: string;
}

/** A subject that was registered from the folder, and is not in it any more. */
export interface RemovedSubject {
  readonly subject: string;
  /** Its versions in the registry. */
  readonly versions: readonly number[];
  /** Who refers to it, in words: it stays as long as anybody does. */
  readonly keptBy: readonly string[];
}

/** Whether doing the step makes a difference. */
export const changesSomething = (step: SchemaStep): boolean =>
  step.kind !== "register" || !(step.status === "unchanged" || step.status === "rolled back");
