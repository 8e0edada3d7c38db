import type { Metadata } from "../metadata.ts";
import type { Mode, Reference, Settings, Version } from "../model.ts";

export interface NewVersion {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
  readonly text: string;
  readonly references: readonly Reference[];
  readonly metadata: Metadata | undefined;
  /** By which `alike` finds it. */
  readonly shape: string;
  readonly ts: number;
}

/**
 * Where a registry keeps what it knows. Subjects are written with their context. All calls are synchronous: what
 * happens in one `change` happens at once, and wholly or not at all.
 */
export interface Store {
  /** Runs the work; what it wrote is undone where it throws. What it returns is on the disk's side once it returns. */
  change<Value>(work: () => Value): Value;

  /** Newest first, the deleted ones too. */
  versions(subject: string): Version[];
  version(subject: string, version: number): Version | undefined;
  /** The versions of a subject that have this shape, newest first, the deleted ones too. */
  alike(subject: string, shape: string): Version[];
  /** The highest number of a version, deleted or not; 0 where there is none. */
  lastVersion(subject: string): number;
  /** The newest that is not deleted. */
  latest(subject: string): Version | undefined;
  /** The newest version of a subject that has this id; of any subject of the context without one. */
  versionById(context: string, id: number, subject?: string): Version | undefined;
  /** The versions of all subjects of a context that have this id, by subject and version. */
  versionsById(context: string, id: number): Version[];
  /** The id of a schema in a context, by what it consists of. */
  idByGuid(context: string, guid: string): number | undefined;
  /** All versions whose subject begins so, by subject and version. */
  versionsUnder(prefix: { readonly context: string | undefined; readonly name: string }): Version[];
  /** Whether a subject, or a context, or the whole registry has versions. */
  has(where: { readonly subject?: string; readonly context?: string }, options: { readonly deleted: boolean }): boolean;
  count(): number;

  add(version: NewVersion): void;
  softDelete(subject: string, version: number): void;
  /** Deletes for good: an id without versions is gone. */
  remove(subject: string, version: number): void;
  /** The ids, with their context and their subject, of schemas that refer to this version. */
  referrers(
    subject: string,
    version: number,
  ): { readonly subject: string; readonly id: number; readonly deleted: boolean }[];

  /** The highest id that the context has ever given. */
  lastId(context: string): number;
  /** No id up to this one is given again. */
  raiseLastId(context: string, id: number): void;

  /** Besides the default one, sorted. */
  contexts(): string[];
  addContext(context: string): void;
  removeContext(context: string): void;

  settings(subject: string): Settings | undefined;
  setSettings(subject: string, settings: Settings | undefined): void;
  /** Every subject that has settings, with them. */
  allSettings(): { readonly subject: string; readonly settings: Settings }[];
  mode(subject: string): Mode | undefined;
  setMode(subject: string, mode: Mode | undefined): void;
  subjectsWithMode(): string[];

  close(): void;
}
