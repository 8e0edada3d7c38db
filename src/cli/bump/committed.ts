import { readCatalog } from "../../catalog/index.ts";
import { BaseError, openGit } from "../../gate/index.ts";

/** What a commit made of a file. */
export interface CommittedText {
  /** `commit 4f1c09a`. */
  readonly name: string;
  readonly text: string;
}

/** Commits that are looked through: a branch has no more. */
const COMMITS_MAX = 200;

/** What the commits of this branch made of its files, the newest first; nothing where git says nothing. */
export async function committedTexts(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<(file: string) => readonly CommittedText[]> {
  try {
    const git = await openGit(dir, env);
    const { revisions } = await git.history("HEAD", { commitsMax: COMMITS_MAX });
    return (file) =>
      revisions
        .filter(({ changes }) => changes.some((change) => change.file === file))
        .flatMap(({ commit, files }) => {
          const text = readCatalog(dir, files).places.text(file);
          return text === undefined ? [] : [{ name: `commit ${commit.short}`, text }];
        });
  } catch (error) {
    if (error instanceof BaseError) return () => [];
    throw error;
  }
}
