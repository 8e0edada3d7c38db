import { statSync } from "node:fs";
import type { Files } from "../../catalog/index.ts";
import { BaseError } from "./error.ts";
import { hashesIn, LINK_MODE, LOG_ARGUMENTS, logIn, objectsIn, type TreeEntry, treeIn } from "./git-answers.ts";
import { repositoryProblem, unknownRevision } from "./git-errors.ts";
import { createFolder, type FolderHistory } from "./git-folder.ts";
import { checked, createGit, type Environment, type RunGit } from "./git-process.ts";

/** A folder of a repository, as its commits have it. Reads alone: nothing is checked out, fetched or written. */
export interface Git {
  /** The folder as it was given; names of files begin with it. */
  readonly dir: string;
  /** The top of the work tree. */
  readonly root: string;
  /** The clone has been cut: what is older than some commit is not here. */
  readonly shallow: boolean;
  /** The hash of each revision's commit; undefined for those that are not here. */
  commits(revisions: readonly string[]): Promise<(string | undefined)[]>;
  /** @throws BaseError, with the nearest names, for a revision that is not here. */
  commit(revision: string): Promise<string>;
  /** The newest commit that both have in their history. */
  mergeBase(one: string, other: string): Promise<string | undefined>;
  /** The schemas in the work tree are not as HEAD has them. */
  isChanged(): Promise<boolean>;
  /** Names of branches and tags. */
  names(): Promise<readonly RefName[]>;
  /** Whether the folder's files that count for schemas are on the disk byte by byte as they are at a revision. */
  isOnDisk(revision: string): Promise<boolean>;
  /** The files of the folder that count for schemas, at a revision. None where the folder was not there. */
  filesAt(revision: string): Promise<Files>;
  /** How the folder came to be what it is at a revision, along the first parents. */
  history(revision: string, options?: HistoryOptions): Promise<FolderHistory>;
}

export interface RefName {
  readonly kind: "branch" | "remote branch" | "tag";
  /** Of a remote's branch with the remote's before it: `origin/main`. */
  readonly name: string;
}

export interface HistoryOptions {
  /** A revision that is looked at no more, nor is anything before it. */
  readonly since?: string;
  /** Commits that touch the folder. */
  readonly commitsMax?: number;
}

/** What counts in the folder: types that CI has just generated are no change of a schema. */
const SCHEMAS = [":(glob)**/*.avsc", ":(glob)**/topic.yaml"];

/** Commits that touch the folder, at most: years of any team. */
const COMMITS_MAX = 1_000;

/**
 * Opens the repository that a folder is in. Which revisions will be asked for may be told ahead: each question is a run of
 * git, and those of the beginning need not wait for each other.
 * @throws BaseError where there is none, or git can't read it.
 */
export async function openGit(dir: string, env: Environment, ahead: readonly string[] = []): Promise<Git> {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BaseError(`there is no folder ${dir}, so that git can't be asked for it`, "SLUICE_SCHEMAS names it.");
  }
  const inFolder = createGit(dir, env);
  const early =
    ahead.length === 0 ? undefined : { hashes: hashesOf(inFolder, ahead), isChanged: isChangedIn(inFolder) };
  // Where there is no repository, the first question says so.
  for (const answer of [early?.hashes, early?.isChanged]) answer?.catch(() => undefined);
  const asked = await inFolder(["rev-parse", "--is-shallow-repository", "--show-toplevel", "--show-prefix"]);
  if (asked.code !== 0) throw repositoryProblem(dir, asked.err);
  const [isShallow = "", root = "", prefix = ""] = asked.out.toString("utf8").split("\n");
  const shallow = isShallow === "true";
  const run = createGit(root, env);
  /** Hashes of commits that are here. */
  const known = new Set<string>();
  const folder = createFolder({ run, given: dir, prefix });

  async function commits(revisions: readonly string[]): Promise<(string | undefined)[]> {
    const isAsked = early !== undefined && revisions.every((revision) => ahead.includes(revision));
    const answers = isAsked ? await early.hashes : [];
    const hashes = isAsked
      ? revisions.map((revision) => answers[ahead.indexOf(revision)])
      : await hashesOf(run, revisions);
    for (const hash of hashes) if (hash !== undefined) known.add(hash);
    return hashes;
  }

  async function names(): Promise<RefName[]> {
    const kinds = ["refs/heads", "refs/remotes", "refs/tags"];
    const { out } = checked(await run(["for-each-ref", "--format=%(refname)", ...kinds]));
    return out.toString("utf8").split("\n").flatMap(refNameOf);
  }

  async function commit(revision: string): Promise<string> {
    // Each run of git takes milliseconds.
    if (known.has(revision)) return revision;
    const [hash] = await commits([revision]);
    if (hash === undefined) throw unknownRevision(revision, { shallow, names: await names() });
    return hash;
  }

  const trees = new Map<string, Promise<TreeEntry[]>>();
  function treeAt(hash: string): Promise<TreeEntry[]> {
    const tree = trees.get(hash) ?? readTree(hash);
    trees.set(hash, tree);
    return tree;
  }

  async function readTree(hash: string): Promise<TreeEntry[]> {
    const within = prefix === "" ? [] : ["--", prefix];
    const entries = treeIn(checked(await run(["ls-tree", "-r", "-z", hash, ...within])).out);
    const links = entries.filter(({ mode }) => mode === LINK_MODE);
    const linked = links.length === 0 ? [] : await Promise.all((await foldersOf(hash, links)).map(entriesOf));
    return [...entries, ...linked.flat()];
  }

  /** The folders that links lead to, each by the path of its link. */
  async function foldersOf(hash: string, links: readonly TreeEntry[]) {
    const requests = links.map(({ path }) => `${hash}:${path}\n`).join("");
    const objects = objectsIn(checked(await run(["cat-file", "--batch", "--follow-symlinks"], requests)).out);
    return links.flatMap(({ path }, index) => {
      const found = objects[index];
      return found?.type === "tree" ? [{ path, object: found.object }] : [];
    });
  }

  async function entriesOf({ path, object }: { path: string; object: string }): Promise<TreeEntry[]> {
    const { out } = checked(await run(["ls-tree", "-r", "-z", object]));
    return treeIn(out).map((entry) => ({ ...entry, path: `${path}/${entry.path}` }));
  }

  return {
    dir,
    root,
    shallow,
    commits,
    commit,
    names,
    async mergeBase(one, other) {
      const { code, out } = await run(["merge-base", one, other]);
      if (code !== 0) return undefined;
      const hash = out.toString("utf8").trim();
      known.add(hash);
      return hash;
    },
    isChanged: async () => await (early?.isChanged ?? isChangedIn(inFolder)),
    async isOnDisk(revision) {
      return folder.isOnDisk(await treeAt(await commit(revision)));
    },
    async filesAt(revision) {
      const hash = await commit(revision);
      return folder.files(hash, await treeAt(hash));
    },
    async history(revision, { since, commitsMax = COMMITS_MAX } = {}) {
      const hash = await commit(revision);
      const end = since === undefined ? [] : [`^${await commit(since)}`];
      const within = prefix === "" ? [] : ["--", `:(literal)${prefix}`];
      const [tree, logged] = await Promise.all([
        treeAt(hash),
        run([...LOG_ARGUMENTS, `--max-count=${commitsMax + 1}`, hash, ...end, ...within]),
      ]);
      const log = logIn(checked(logged).out);
      const history = await folder.history({ hash, tree, log: log.slice(0, commitsMax) });
      // In a cut clone, the commit at the cut seems to have no parent, and to have added every file.
      const isAtCut = shallow && since === undefined && log.at(-1)?.hasParent === false;
      return { ...history, cut: log.length > commitsMax ? "limit" : isAtCut ? "clone" : undefined };
    },
  };
}

async function hashesOf(run: RunGit, revisions: readonly string[]): Promise<(string | undefined)[]> {
  const wanted = revisions.map((revision) => `${revision.replaceAll("\n", " ")}^{commit}\n`);
  return hashesIn(checked(await run(["cat-file", "--batch-check"], wanted.join(""))).out);
}

async function isChangedIn(run: RunGit): Promise<boolean> {
  const { out } = checked(await run(["status", "--porcelain", "-z", "--untracked-files=all", "--", ...SCHEMAS]));
  return out.length > 0;
}

function refNameOf(ref: string): RefName[] {
  const [, kind, name] = /^refs\/(heads|remotes|tags)\/(.+)$/.exec(ref) ?? [];
  if (name === undefined || name.endsWith("/HEAD")) return [];
  return [{ kind: kind === "heads" ? "branch" : kind === "tags" ? "tag" : "remote branch", name }];
}
