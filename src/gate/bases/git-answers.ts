/** One entry of a tree: where it stands, from the top of the repository, and what it holds. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
}

/** One commit, as far as people are told of it. */
export interface Commit {
  readonly hash: string;
  /** The first seven digits. */
  readonly short: string;
  /** When it was made, ISO 8601. */
  readonly date: string;
  readonly author: string;
  /** The first line of its message. */
  readonly title: string;
}

/** A file that a commit changed: what it held before and after; undefined where it was not there. */
export interface FileChange {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

export interface LoggedCommit {
  readonly commit: Commit;
  /** It has a parent, as far as this clone knows. */
  readonly hasParent: boolean;
  readonly changes: readonly FileChange[];
}

/** A mode of git: a link holds the path that it leads to; a submodule is another repository's commit. */
export const LINK_MODE = "120000";
const SUBMODULE_MODE = "160000";

export const shortOf = (hash: string): string => hash.slice(0, 7);

/** `git ls-tree -r -z`. */
export function treeIn(answer: Buffer): TreeEntry[] {
  const lines = answer.toString("utf8").split("\0").slice(0, -1);
  return lines.flatMap((line) => {
    const tab = line.indexOf("\t");
    const [mode = "", , object = ""] = line.slice(0, tab).split(" ");
    return mode === SUBMODULE_MODE ? [] : [{ path: line.slice(tab + 1), mode, object }];
  });
}

const COMMIT_BEGINS = "\x01";
const COMMIT_FIELDS = ["%H", "%P", "%cI", "%an", "%s"] as const;

/** What `git log` must be called with for `logIn`. Merges are compared with their first parent alone. */
export const LOG_ARGUMENTS: readonly string[] = [
  "-c",
  "log.showRoot=true",
  "-c",
  "log.showSignature=false",
  "log",
  "--first-parent",
  "-m",
  "--raw",
  "--no-abbrev",
  "--no-renames",
  "--no-color",
  "--no-ext-diff",
  "-z",
  `--format=%x01${COMMIT_FIELDS.join("%x00")}`,
];

/** `git log`, the newest commit first. */
export function logIn(answer: Buffer): LoggedCommit[] {
  const commits: (LoggedCommit & { changes: FileChange[] })[] = [];
  const tokens = answer.toString("utf8").split("\0").values();
  const next = (): string => tokens.next().value ?? "";
  for (const token of tokens) {
    if (token.startsWith(COMMIT_BEGINS)) {
      const hash = token.slice(1);
      const [parents, date, author, title] = [next(), next(), next(), next()];
      const commit = { hash, short: shortOf(hash), date, author, title };
      commits.push({ commit, hasParent: parents !== "", changes: [] });
    } else if (/^\n?:/.test(token)) commits.at(-1)?.changes.push(changeIn(token, next()));
  }
  return commits;
}

/** `:100644 100644 d00491f… 0cfbf08… M`. */
function changeIn(token: string, path: string): FileChange {
  const [modeBefore = "", modeAfter = "", objectBefore = "", objectAfter = ""] = token.trim().slice(1).split(" ");
  return {
    path,
    before: entryOf(path, modeBefore, objectBefore),
    after: entryOf(path, modeAfter, objectAfter),
  };
}

function entryOf(path: string, mode: string, object: string): TreeEntry | undefined {
  return mode === "000000" || mode === SUBMODULE_MODE ? undefined : { path, mode, object };
}

/** One answer of `git cat-file --batch`. */
export interface GitObject {
  readonly type: string;
  readonly object: string;
  readonly bytes: Buffer;
}

/** `git cat-file --batch`, in the order asked for; undefined for what is not there. */
export function objectsIn(answer: Buffer): (GitObject | undefined)[] {
  const objects: (GitObject | undefined)[] = [];
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf(10, at);
    const header = answer.toString("utf8", at, end);
    const [, object, type, digits] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(header) ?? [];
    at = end + 1;
    if (object === undefined || type === undefined) {
      // A link that leads nowhere says so on a second line: `dangling 7`, and then the path of that many bytes.
      const [, bytes] = /^(?:dangling|symlink|loop|notdir) (\d+)$/.exec(header) ?? [];
      at += bytes === undefined ? 0 : Number(bytes) + 1;
      objects.push(undefined);
      continue;
    }
    objects.push({ object, type, bytes: answer.subarray(at, at + Number(digits)) });
    at += Number(digits) + 1;
  }
  return objects;
}

/** `git cat-file --batch-check`, in the order asked for; undefined for what is not there. */
export function hashesIn(answer: Buffer): (string | undefined)[] {
  const lines = answer.toString("utf8").split("\n").slice(0, -1);
  return lines.map((line) => /^([0-9a-f]{40,64}) commit \d+$/.exec(line)?.[1]);
}
