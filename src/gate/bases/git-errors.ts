import { nearest } from "../../avro/index.ts";
import { BaseError } from "./error.ts";
import type { RefName } from "./git.ts";

const OTHER_BASES = "Compare with another base: --against lock, --against registry or --against dir:FOLDER";

/** Why git can't say which repository a folder is in. */
export function repositoryProblem(dir: string, message: string): BaseError {
  const [, owned] = /dubious ownership in repository at '(.+)'/.exec(message) ?? [];
  if (owned !== undefined) {
    const problem = `git refuses to read ${owned}, which belongs to another user`;
    return new BaseError(problem, `Trust it: git config --global --add safe.directory ${quoted(owned)}`);
  }
  if (/not a git repository/.test(message)) {
    return new BaseError(`${dir} is in no git repository, so that there is no revision to compare with`, OTHER_BASES);
  }
  if (/must be run in a work tree/.test(message)) {
    const problem = `${dir} is in a bare repository, which has no files to check`;
    return new BaseError(problem, "Check a clone of it: git clone, or git worktree add");
  }
  return new BaseError(`git can't read the repository of ${dir}: ${message.trim()}`, OTHER_BASES);
}

/** A revision that is not here, with what was perhaps meant. */
export function unknownRevision(
  revision: string,
  { shallow, names }: { readonly shallow: boolean; readonly names: readonly RefName[] },
): BaseError {
  if (/^HEAD$/.test(revision)) return noCommits();
  const near = nearest(
    revision,
    names.flatMap(({ name, kind }) => (kind === "remote branch" ? [name, name.slice(name.indexOf("/") + 1)] : [name])),
  );
  const asked = near === undefined ? "" : `; did you mean ${near}?`;
  const problem = `git has no revision ${revision} here${asked}`;
  if (shallow && near === undefined) return new BaseError(`${problem}: the clone is shallow`, unshallow(undefined));
  const branches = names.filter(({ kind }) => kind !== "tag").map(({ name }) => name);
  const shown = branches.slice(0, NAMES_SHOWN_MAX).join(", ") + (branches.length > NAMES_SHOWN_MAX ? ", …" : "");
  const remedy = near !== undefined ? "" : `Branches here: ${shown}. If it is new in the remote: git fetch`;
  return new BaseError(problem, remedy);
}

const NAMES_SHOWN_MAX = 10;

/** A repository right after `git init`. */
export function noCommits(): BaseError {
  return new BaseError("the repository has no commit yet, so that there is nothing to compare with", "git commit");
}

/** Brings the whole history, and the branch where there is one to compare with. */
export function unshallow(branch: { readonly remote: string; readonly name: string } | undefined): string {
  if (branch === undefined) return "git fetch --unshallow";
  const { remote, name } = branch;
  return `git fetch --unshallow ${remote} ${quoted(`+refs/heads/${name}:refs/remotes/${remote}/${name}`)}`;
}

/** Brings one branch. */
export function fetchBranch({ remote, name }: { readonly remote: string; readonly name: string }): string {
  return `git fetch ${remote} ${quoted(`+refs/heads/${name}:refs/remotes/${remote}/${name}`)}`;
}

/** For a shell, where it needs it. */
const quoted = (word: string): string => (/^[\w+:@%./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
