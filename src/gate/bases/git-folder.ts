import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { type Files, filesIn } from "../../catalog/index.ts";
import { type Commit, LINK_MODE, type LoggedCommit, objectsIn, type TreeEntry } from "./git-answers.ts";
import { checked, type RunGit } from "./git-process.ts";

export interface FolderHistory {
  /** What each file holds at the revision asked for, as an identity: equal identities are equal contents. */
  readonly newest: ReadonlyMap<string, string>;
  /** The commits that touched the folder, the newest first. */
  readonly revisions: readonly FolderRevision[];
  /** Why there may be more before the last: the clone was cut there, or there are more commits than asked for. */
  readonly cut: "clone" | "limit" | undefined;
  /** The bytes of an identity. */
  content(identity: string): Uint8Array | undefined;
}

/** What one commit made of the folder. */
export interface FolderRevision {
  readonly commit: Commit;
  readonly changes: readonly ContentChange[];
  /** The folder after the commit. */
  readonly files: Files;
}

/** A file by its name under the folder as it was given; undefined before it was there, and after it is gone. */
export interface ContentChange {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Where the folder is: as people call it, and from the top of the repository, with a slash behind it. */
interface FolderPlace {
  readonly run: RunGit;
  readonly given: string;
  readonly prefix: string;
}

/** Reads what files of one folder hold, with one run of git for all of them. */
export function createFolder({ run, given, prefix }: FolderPlace) {
  const dir = withoutSlash(normalize(given));
  const contents = new Map<string, Uint8Array>();
  const content = (identity: string) => contents.get(identity);

  async function fetch(wanted: readonly { readonly hash: string; readonly entry: TreeEntry }[]): Promise<void> {
    const requests = new Map(wanted.map(({ hash, entry }) => [identityOf(entry), requestOf(hash, entry)]));
    if (requests.size === 0) return;
    const input = [...requests.values()].map((request) => `${request}\n`).join("");
    const { out } = checked(await run(["cat-file", "--batch", "--follow-symlinks"], input));
    const objects = objectsIn(out);
    for (const [index, identity] of [...requests.keys()].entries()) {
      const object = objects[index];
      if (object?.type === "blob") contents.set(identity, object.bytes);
    }
  }

  const nameOf = (path: string): string => join(dir, path.slice(prefix.length));
  const namesIn = (entries: readonly TreeEntry[]): Map<string, string> =>
    new Map(entries.map((entry) => [nameOf(entry.path), identityOf(entry)]));

  function filesOf(names: ReadonlyMap<string, string>): Files {
    const files = new Map<string, Uint8Array>();
    for (const [file, identity] of names) {
      const bytes = content(identity);
      if (bytes !== undefined) files.set(file, bytes);
    }
    const found = filesIn(files);
    // A folder that was not there yet is an empty one.
    const list: Files["list"] = (asked) =>
      found.list(asked) ?? (withoutSlash(normalize(asked)) === dir ? [] : undefined);
    return { ...found, list };
  }

  return {
    isOnDisk(tree: readonly TreeEntry[]): boolean {
      const there = new Map(tree.filter(isOfSchemas).map((entry) => [nameOf(entry.path), entry]));
      const files = filesOnDisk(dir);
      return (
        files.length > 0 &&
        files.length === there.size &&
        files.every((file) => {
          const entry = there.get(file);
          return entry !== undefined && entry.mode !== LINK_MODE && hashOf(readFileSync(file), entry) === entry.object;
        })
      );
    },

    async files(hash: string, tree: readonly TreeEntry[]): Promise<Files> {
      const entries = tree.filter(isOfSchemas);
      await fetch(entries.map((entry) => ({ hash, entry })));
      return filesOf(namesIn(entries));
    },

    async history({ hash, tree, log }: { hash: string; tree: readonly TreeEntry[]; log: readonly LoggedCommit[] }) {
      const entries = tree.filter(isOfSchemas);
      const before = log.flatMap(({ commit, changes }) =>
        changes.flatMap((change) => {
          const entry = change.before;
          // A link is read where it stood, which is the commit before.
          return entry && isOfSchemas(entry) ? [{ hash: `${commit.hash}^`, entry }] : [];
        }),
      );
      await fetch([...entries.map((entry) => ({ hash, entry })), ...before]);
      const newest = namesIn(entries);
      const revisions = log.map(({ commit, changes }) => ({ commit, changes: changes.flatMap(contentChange) }));
      return {
        newest,
        content,
        revisions: revisions.map((revision, index) => ({
          ...revision,
          get files() {
            return filesOf(takenBack(newest, revisions.slice(0, index)));
          },
        })),
      };
    },
  };

  function contentChange({ path, before, after }: LoggedCommit["changes"][number]): ContentChange[] {
    const [was, is] = [before, after].map((entry) => (entry && isOfSchemas(entry) ? identityOf(entry) : undefined));
    return was === undefined && is === undefined ? [] : [{ file: nameOf(path), before: was, after: is }];
  }
}

/** What was there before these commits, the newest first. */
function takenBack(
  newest: ReadonlyMap<string, string>,
  revisions: readonly Pick<FolderRevision, "changes">[],
): Map<string, string> {
  const names = new Map(newest);
  for (const { changes } of revisions) {
    for (const { file, before } of changes) {
      if (before === undefined) names.delete(file);
      else names.set(file, before);
    }
  }
  return names;
}

/** As deep as a folder of schemas is. What links lead to is compared by whoever reads it. */
function filesOnDisk(dir: string): readonly string[] {
  const isWanted = (entry: Dirent) => entry.isFile() && isOfSchemas({ path: entry.name });
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (!entry.isDirectory()) return isWanted(entry) ? [path] : [];
    return readdirSync(path, { withFileTypes: true })
      .filter(isWanted)
      .map(({ name }) => join(path, name));
  });
}

/** As git numbers what files hold. */
function hashOf(bytes: Buffer, { object }: TreeEntry): string {
  const hash = createHash(object.length === 40 ? "sha1" : "sha256");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Everything else in the folder may be large, and says nothing of schemas. */
function isOfSchemas({ path }: Pick<TreeEntry, "path">): boolean {
  return /(\.avsc|(^|\/)(topic|gate)\.yaml)$/.test(path);
}

/** A link's own object holds a path, so that what it leads to is asked for by where it stands. */
function requestOf(hash: string, { mode, path, object }: TreeEntry): string {
  return mode === LINK_MODE ? `${hash}:${path}` : object;
}

function identityOf({ mode, path, object }: TreeEntry): string {
  return mode === LINK_MODE ? `${object} ${path}` : object;
}

const withoutSlash = (path: string): string => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);
