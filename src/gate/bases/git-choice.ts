import { BaseError } from "./error.ts";
import type { Git, RefName } from "./git.ts";
import { shortOf } from "./git-answers.ts";
import { fetchBranch, noCommits, unknownRevision, unshallow } from "./git-errors.ts";
import type { Environment } from "./git-process.ts";

/** What is compared with. */
export interface Chosen {
  /** `git:main`: what people call it. */
  readonly name: string;
  /** Undefined where there is nothing yet. */
  readonly hash: string | undefined;
  /** Why it is not what one would expect; empty where it is. */
  readonly note: string;
}

/** A branch that HEAD may be compared with, where the clone has it. */
interface Branch {
  readonly name: string;
  readonly hash: string;
}

/** Which branch a change is for, in the words of whoever runs the check. */
const TARGET_VARIABLES = [
  "GITHUB_BASE_REF",
  "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", // GitLab
  "BITBUCKET_PR_DESTINATION_BRANCH",
  "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
  "CHANGE_TARGET", // Jenkins
] as const;

const REMOTE = "origin";

interface ChoiceParts {
  readonly env: Environment;
  readonly defaultBranch?: string;
}

/** The revisions that `chooseDefault` asks for. */
export const revisionsOfDefault = (parts: ChoiceParts): readonly string[] => [
  HEAD,
  PARENT,
  ...targetsOf(parts).refs.map(({ ref }) => ref),
];

const HEAD = "HEAD";
const PARENT = "HEAD~1";

/** The merge base of HEAD with the branch that the change is for, or else the default branch. */
export async function chooseDefault(git: Git, parts: ChoiceParts): Promise<Chosen> {
  const { env } = parts;
  const { refs, target, variable } = targetsOf(parts);
  const [head, ...hashes] = await git.commits([HEAD, ...refs.map(({ ref }) => ref)]);
  if (head === undefined) return { name: "git", hash: undefined, note: "there is no commit yet: every subject is new" };
  const index = hashes.findIndex((hash) => hash !== undefined);
  const [found, hash] = [refs[index], hashes[index]];
  if (found !== undefined && hash !== undefined) return chooseAgainst(git, { head, branch: { ...found, hash }, env });
  if (target !== undefined) throw missingBranch(git, target, { why: variable ?? "base in gate.yaml", env });
  return chooseAgainst(git, { head, branch: await onlyBranch(git, env), env });
}

function targetsOf({ env, defaultBranch }: ChoiceParts) {
  const variable = TARGET_VARIABLES.find((name) => (env[name] ?? "") !== "");
  const target = (variable && env[variable]) || defaultBranch;
  const likely = target === undefined ? [HEAD, "main", "master"] : [target];
  const refs = likely.flatMap((name) => [
    { name: `${REMOTE}/${name}`, ref: `refs/remotes/${REMOTE}/${name}` },
    ...(name === HEAD ? [] : [{ name, ref: `refs/heads/${name}` }]),
  ]);
  return { refs, target, variable };
}

/** A branch means the merge base with it; a tag or a commit means itself. */
export async function chooseNamed(git: Git, revision: string, env: Environment): Promise<Chosen> {
  if (revision === "") throw new BaseError("git: names no revision", "Write it behind the colon, as in git:main");
  const refs = [`refs/heads/${revision}`, `refs/remotes/${revision}`, revision, `refs/remotes/${REMOTE}/${revision}`];
  const [head, local, remote, exact, ofRemote] = await git.commits([HEAD, ...refs]);
  if (head === undefined) throw noCommits();
  const branch = local ?? remote;
  if (branch !== undefined) return chooseAgainst(git, { head, branch: { name: revision, hash: branch }, env });
  if (exact !== undefined) return { name: `git:${revision}`, hash: exact, note: "" };
  // CI checks out one commit, and has no branches of its own.
  const name = `${REMOTE}/${revision}`;
  if (ofRemote !== undefined) return chooseAgainst(git, { head, branch: { name, hash: ofRemote }, env });
  const names = await git.names();
  if (git.shallow && !isKnown(revision, names)) throw missingBranch(git, revision, { why: "", env });
  throw unknownRevision(revision, { shallow: git.shallow, names });
}

interface Comparison {
  readonly head: string;
  readonly branch: Branch;
  readonly env: Environment;
}

async function chooseAgainst(git: Git, { head, branch, env }: Comparison): Promise<Chosen> {
  const base = head === branch.hash ? head : await git.mergeBase(head, branch.hash);
  if (base === undefined) throw nothingInCommon(git, branch.name, env);
  if (base !== head) return { name: `git:${branch.name}`, hash: base, note: "" };
  // HEAD is in the branch already: it would be compared with itself.
  if (await git.isChanged()) return { name: "git:HEAD", hash: head, note: "" };
  return chooseParent(git, { head, branch, env });
}

/** After a merge, what has changed is the last commit. */
async function chooseParent(git: Git, { head, branch, env }: Comparison): Promise<Chosen> {
  const [parent] = await git.commits([PARENT]);
  const name = `git:${PARENT}`;
  const why = `HEAD is ${branch.hash === head ? "" : "a commit of "}${branch.name}, with nothing changed since`;
  if (parent !== undefined) {
    return { name, hash: parent, note: `${why}: the commit before it, ${shortOf(parent)}, is compared with` };
  }
  if (git.shallow) {
    const problem = `${why}, and the commit before it is not in this clone, which is shallow`;
    throw new BaseError(problem, `Run \`git fetch --deepen=1\`${inCi(env)}`);
  }
  return { name: "git", hash: undefined, note: `${why}, and has no commit before it: every subject is new` };
}

/** Where git names no default: the one branch there is, or the remote's of a usual name. */
async function onlyBranch(git: Git, env: Environment): Promise<Branch> {
  const names = (await git.names()).filter(({ kind }) => kind !== "tag");
  const usual = names.filter(({ kind, name }) => kind === "remote branch" && /^[^/]+\/(main|master)$/.test(name));
  const [found] = usual.length > 0 ? usual : names.length === 1 ? names : [];
  const [hash] = found === undefined ? [] : await git.commits([refOf(found)]);
  if (found !== undefined && hash !== undefined) return { name: found.name, hash };
  if (git.shallow && names.length === 0) throw missingBranch(git, "main", { why: "", env });
  const branches = names.map(({ name }) => name).join(", ") || "none";
  throw new BaseError(
    `git does not say which branch is the default one (branches: ${branches})`,
    "Name it: `base: trunk` in gate.yaml, or --against git:trunk",
  );
}

const refOf = ({ kind, name }: RefName): string => `refs/${kind === "branch" ? "heads" : "remotes"}/${name}`;

const isKnown = (revision: string, names: readonly RefName[]): boolean => names.some(({ name }) => name === revision);

function missingBranch(git: Git, name: string, { why, env }: { why: string; env: Environment }): BaseError {
  const named = why === "" ? "" : `, which ${why} names,`;
  const branch = { remote: REMOTE, name };
  const [cut, command] = git.shallow ? [": it is shallow", unshallow(branch)] : ["", fetchBranch(branch)];
  return new BaseError(`the branch ${name}${named} is not in this clone${cut}`, `Run \`${command}\`${inCi(env)}`);
}

function nothingInCommon(git: Git, branch: string, env: Environment): BaseError {
  if (!git.shallow) {
    const problem = `HEAD and ${branch} have no commit in common`;
    return new BaseError(problem, "Name the commit to compare with: --against git:COMMIT");
  }
  const [remote = "", ...rest] = branch.split("/");
  const isRemote = remote === REMOTE && rest.length > 0 && rest.join("/") !== "HEAD";
  const command = unshallow(isRemote ? { remote, name: rest.join("/") } : undefined);
  const problem = `this clone is shallow: it ends before the commit that HEAD and ${branch} have in common`;
  return new BaseError(problem, `Run \`${command}\`${inCi(env)}`);
}

/** How the clone is told to be whole where it is made. */
function inCi({ GITHUB_ACTIONS, GITLAB_CI }: Environment): string {
  if (GITHUB_ACTIONS === "true") return ", or give actions/checkout `fetch-depth: 0`.";
  if (GITLAB_CI === "true") return ", or set the variable `GIT_DEPTH: 0`.";
  return ".";
}
