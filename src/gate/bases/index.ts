import { statSync } from "node:fs";
import { nearest } from "../../avro/index.ts";
import type { CatalogReading } from "../../catalog/index.ts";
import type { Base } from "../model.ts";
import { directoryBase } from "./directory.ts";
import { BaseError } from "./error.ts";
import { gitBase } from "./git-base.ts";
import { lockBase } from "./lock.ts";
import { type HistoryRegistry, registryBase } from "./registry.ts";

export { BaseError } from "./error.ts";
export { type Git, type HistoryOptions, openGit, type RefName } from "./git.ts";
export type { Commit } from "./git-answers.ts";
export type { ContentChange, FolderHistory, FolderRevision } from "./git-folder.ts";
export type { HistoryRegistry, RegisteredVersion } from "./registry.ts";

export interface BaseParts {
  /** The folder of schemas in the working tree, as it was given. */
  readonly dir: string;
  /** What was read of it; it is read again where this is absent. */
  readonly reading?: CatalogReading;
  /** For `registry`. */
  readonly registry?: HistoryRegistry;
  /** `base:` of `gate.yaml`: the default branch, where git does not say. */
  readonly defaultBranch?: string;
  /** Earlier versions may be left out where git has the very files that are here: nobody asks for them then. */
  readonly changesOnly?: boolean;
  /** The environment: what CI says of the branch, and what git needs to run. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a base may be called, for help and errors. */
const BASE_NAMES = ["git", "git:REVISION", "registry", "lock", "dir:FOLDER"] as const;

/**
 * Reads what a check compares with: `git` (the merge base with the default branch), `git:REVISION`, `registry`, `lock`,
 * `dir:FOLDER`, or a folder by its path.
 * @throws BaseError where it can't be read.
 */
export async function openBase(name: string, parts: BaseParts): Promise<Base> {
  if (name === "git") return gitBase(undefined, parts);
  if (name.startsWith("git:")) return gitBase(name.slice("git:".length), parts);
  if (name === "registry") return registryBase(parts);
  if (name === "lock") return lockBase(parts);
  if (name.startsWith("dir:")) return directoryBase(name, name.slice("dir:".length));
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return directoryBase(name, name);
  throw unknownBase(name);
}

function unknownBase(name: string): BaseError {
  const near = nearest(name, ["git", "registry", "lock"]);
  const asked = near === undefined ? "" : `; did you mean ${near}?`;
  return new BaseError(`there is no base ${name}${asked}`, `A base is one of ${BASE_NAMES.join(", ")}.`);
}
