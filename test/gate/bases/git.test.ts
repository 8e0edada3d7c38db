import { describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Files, readCatalog } from "../../../src/catalog/index.ts";
import { type Base, BaseError, openBase, openGit } from "../../../src/gate/index.ts";
import { createRepository, GIT_ENV, type Repository } from "../../support/repository.ts";

/** One topic whose record has these fields. */
const done = (...fields: readonly string[]) => ({
  type: "record",
  name: "a.Done",
  fields: fields.map((name) => ({ name, type: "string", default: "" })),
});
const YAML = "key: null\n";
const SUBJECT = "a.b.done.v1-value";
const FILE = "schemas/a.b.done/v1.avsc";
const BEGIN = { "schemas/a.b.done/topic.yaml": YAML, [FILE]: done("a") };

const open = (repository: Repository, name = "git", env: Readonly<Record<string, string>> = {}): Promise<Base> =>
  openBase(name, { dir: join(repository.dir, "schemas"), env: { ...repository.env, ...env } });

/** The fields of each version of the subject, oldest first. */
function versionsOf(base: Base, subject = SUBJECT): string[] {
  const versions = base.subjects.get(subject)?.versions ?? [];
  return versions.map(({ schema }) => {
    const { root } = schema();
    return root.type === "record" ? root.fields.map(({ name }) => name).join(" ") : root.type;
  });
}

/** What a base says when it can't be opened. */
async function refusal(opening: Promise<Base>): Promise<string> {
  const error = await opening.catch((thrown: unknown) => thrown);
  if (error instanceof BaseError) return error.message;
  throw error instanceof Error ? error : new Error("it was opened");
}

describe("git is the merge base with the default branch", () => {
  test("on a branch, what the default branch has got since does not matter", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Change", { [FILE]: done("a", "feature") });
    await repository.git("switch", "--quiet", "main");
    await repository.commit("Other", { [FILE]: done("a", "main") });
    await repository.git("switch", "--quiet", "feature");

    const base = await open(repository);
    expect({ name: base.name, note: base.note, versions: versionsOf(base) }).toEqual({
      name: "git:main",
      note: "",
      versions: ["a"],
    });
  });

  test("on the default branch, what is not committed is compared with HEAD", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("Change", { [FILE]: done("a", "b") });
    await repository.write({ [FILE]: done("a", "b", "c") });
    expect((await open(repository)).name).toBe("git:HEAD");

    await repository.git("checkout", "--quiet", "--", ".");
    await repository.write({ "schemas/x.y.done/v1.avsc": done() });
    const base = await open(repository);
    expect({ name: base.name, versions: versionsOf(base) }).toEqual({ name: "git:HEAD", versions: ["a", "a b"] });
  });

  test("on the default branch with nothing changed, HEAD is compared with the commit before it", async () => {
    await using repository = await createRepository(BEGIN);
    const first = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    await repository.commit("Change", { [FILE]: done("a", "b") });
    const base = await open(repository);
    expect({ name: base.name, note: base.note, versions: versionsOf(base) }).toEqual({
      name: "git:HEAD~1",
      note: `HEAD is main, with nothing changed since: the commit before it, ${first}, is compared with`,
      versions: ["a"],
    });
  });

  test("what is generated beside the schemas is no change of them", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("Change", { [FILE]: done("a", "b") });
    await repository.write({ "schemas/types.ts": "export {};\n", "schemas/schemas.lock.json": "{}\n" });
    expect((await open(repository)).name).toBe("git:HEAD~1");
  });

  test("the first commit of all has nothing before it", async () => {
    await using repository = await createRepository(BEGIN);
    const base = await open(repository);
    expect(base.note).toBe(
      "HEAD is main, with nothing changed since, and has no commit before it: every subject is new",
    );
    expect(base.subjects.size).toBe(0);
  });

  test("a clone knows its remote's default branch, whatever it is called", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("branch", "--move", "trunk");
    await using clone = await repository.clone();
    await clone.git("switch", "--quiet", "--create", "feature");
    await clone.commit("Change", { [FILE]: done("a", "b") });
    const base = await open(clone);
    expect({ name: base.name, versions: versionsOf(base) }).toEqual({ name: "git:origin/HEAD", versions: ["a"] });
  });

  test.each([
    ["GITHUB_BASE_REF", {}],
    ["CI_MERGE_REQUEST_TARGET_BRANCH_NAME", {}],
    ["BITBUCKET_PR_DESTINATION_BRANCH", {}],
    ["CHANGE_TARGET", {}],
    ["BUILDKITE_PULL_REQUEST_BASE_BRANCH", {}],
  ])("%s names the branch that a change is for", async (variable) => {
    await using repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--create", "release/2");
    await repository.commit("Release", { [FILE]: done("a", "r") });
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Change", { [FILE]: done("a", "r", "f") });
    await using clone = await repository.clone("--branch=feature");
    const base = await open(clone, "git", { [variable]: "release/2" });
    expect({ name: base.name, versions: versionsOf(base) }).toEqual({
      name: "git:origin/release/2",
      versions: ["a", "a r"],
    });
  });

  test("base in gate.yaml names it where git does not say", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("branch", "--move", "trunk");
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Change", { [FILE]: done("a", "b") });
    expect(await refusal(open(repository))).toBe(
      "git does not say which branch is the default one (branches: feature, trunk)\nName it: `base: trunk` in gate.yaml, or --against git:trunk",
    );
    const parts = { dir: join(repository.dir, "schemas"), env: repository.env };
    expect((await openBase("git", { ...parts, defaultBranch: "trunk" })).name).toBe("git:trunk");
    expect(await refusal(openBase("git", { ...parts, defaultBranch: "trnk" }))).toContain(
      "the branch trnk, which base in gate.yaml names, is not in this clone",
    );
  });
});

describe("git:REVISION", () => {
  test("a tag or a commit is itself, a branch the merge base with it", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("tag", "v1");
    await repository.commit("Second", { [FILE]: done("a", "b") });
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Third", { [FILE]: done("a", "b", "c") });
    await repository.git("switch", "--quiet", "main");
    const fourth = await repository.commit("Fourth", { [FILE]: done("a", "b", "d") });
    await repository.git("switch", "--quiet", "feature");

    expect(versionsOf(await open(repository, "git:v1"))).toEqual(["a"]);
    expect(versionsOf(await open(repository, "git:main"))).toEqual(["a", "a b"]);
    expect(versionsOf(await open(repository, `git:${fourth}`))).toEqual(["a", "a b", "a b d"]);
    expect(versionsOf(await open(repository, "git:HEAD~2"))).toEqual(["a"]);
  });

  test("with a detached head and no local branches, as in CI, a branch of the remote is meant", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Change", { [FILE]: done("a", "b") });
    await using clone = await repository.clone("--branch=feature");
    await clone.git("switch", "--quiet", "--detach");
    await clone.git("branch", "--quiet", "--delete", "--force", "feature");
    const base = await open(clone, "git:main");
    expect({ name: base.name, versions: versionsOf(base) }).toEqual({ name: "git:origin/main", versions: ["a"] });
  });

  test.each([
    ["git:man", "git has no revision man here; did you mean main?"],
    ["git:v9.9", "git has no revision v9.9 here\nBranches here: main. If it is new in the remote: git fetch"],
    ["git:", "git: names no revision\nWrite it behind the colon, as in git:main"],
    ["git:--all", "git has no revision --all here\nBranches here: main. If it is new in the remote: git fetch"],
    ["git:main\nHEAD", "git has no revision main\nHEAD here"],
  ])("%p is refused", async (name, message) => {
    await using repository = await createRepository(BEGIN);
    expect(await refusal(open(repository, name))).toStartWith(message);
  });
});

describe("a shallow clone", () => {
  /** A branch and main that have gone on from a common commit. */
  async function forked(): Promise<Repository> {
    const repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Change", { [FILE]: done("a", "b") });
    await repository.commit("Change again", { [FILE]: done("a", "b", "c") });
    await repository.git("switch", "--quiet", "main");
    await repository.commit("Other", { "other.txt": "other" });
    return repository;
  }

  /** Runs the command that a refusal names. */
  async function obey(clone: Repository, message: string): Promise<void> {
    const [, command = ""] = /Run `git ([^`]+)`/.exec(message) ?? [];
    await clone.git(...command.split(" "));
  }

  test("without the target branch names the command that brings it, and that is enough", async () => {
    await using repository = await forked();
    await using clone = await repository.clone("--depth=1", "--branch=feature");
    const message = await refusal(open(clone, "git", { GITHUB_BASE_REF: "main", GITHUB_ACTIONS: "true" }));
    expect(message).toBe(
      "the branch main, which GITHUB_BASE_REF names, is not in this clone: it is shallow\n" +
        "Run `git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`, or give actions/checkout `fetch-depth: 0`.",
    );
    await obey(clone, message);
    expect(versionsOf(await open(clone, "git", { GITHUB_BASE_REF: "main" }))).toEqual(["a"]);
  });

  test("that ends before the merge base says so", async () => {
    await using repository = await forked();
    await using clone = await repository.clone("--depth=1", "--no-single-branch", "--branch=feature");
    const message = await refusal(open(clone, "git:main", { GITLAB_CI: "true" }));
    expect(message).toBe(
      "this clone is shallow: it ends before the commit that HEAD and origin/main have in common\n" +
        "Run `git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`, or set the variable `GIT_DEPTH: 0`.",
    );
    await obey(clone, message);
    expect(versionsOf(await open(clone, "git:main"))).toEqual(["a"]);
  });

  test("of the default branch lacks the commit before HEAD", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("Change", { [FILE]: done("a", "b") });
    await using clone = await repository.clone("--depth=1");
    const message = await refusal(open(clone));
    expect(message).toBe(
      "HEAD is origin/HEAD, with nothing changed since, and the commit before it is not in this clone, which is shallow\n" +
        "Run `git fetch --deepen=1`.",
    );
    await obey(clone, message);
    expect(versionsOf(await open(clone))).toEqual(["a"]);
  });

  test("whose history is cut has fewer versions, and says so where the level asks for all", async () => {
    await using repository = await createRepository({
      ...BEGIN,
      "schemas/a.b.done/topic.yaml": "{ key: null, compatibility: BACKWARD_TRANSITIVE }",
    });
    for (const field of ["b", "c"]) await repository.commit(field, { [FILE]: done("a", field) });
    const third = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    await using clone = await repository.clone("--depth=1");
    const base = await open(clone, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a c"]);
    expect(base.note).toBe(
      `the history ends at ${third}, where this clone was cut; \`git fetch --unshallow\` brings the rest`,
    );
    await clone.git("fetch", "--quiet", "--unshallow");
    const whole = await open(clone, "git:HEAD");
    expect({ versions: versionsOf(whole), note: whole.note }).toEqual({ versions: ["a", "a b", "a c"], note: "" });
  });
});

describe("where git can't help", () => {
  test("a folder in no repository, and one that is not there", async () => {
    const dir = await mkdtemp(join(tmpdir(), "nowhere-"));
    expect(await refusal(openBase("git", { dir, env: GIT_ENV }))).toBe(
      `${dir} is in no git repository, so that there is no revision to compare with\n` +
        "Compare with another base: --against lock, --against registry or --against dir:FOLDER",
    );
    expect(await refusal(openBase("git", { dir: join(dir, "gone"), env: GIT_ENV }))).toContain("there is no folder");
    await rm(dir, { recursive: true });
  });

  test("a repository without a commit", async () => {
    await using repository = await createRepository();
    await repository.write(BEGIN);
    const base = await open(repository);
    expect({ name: base.name, note: base.note, subjects: base.subjects.size }).toEqual({
      name: "git",
      note: "there is no commit yet: every subject is new",
      subjects: 0,
    });
    expect(await refusal(open(repository, "git:HEAD"))).toStartWith("the repository has no commit yet");
  });

  test("a machine without git", async () => {
    await using repository = await createRepository(BEGIN);
    expect(await refusal(open(repository, "git", { PATH: "/nonexistent" }))).toStartWith("git is not installed here");
  });

  test("branches that have nothing in common", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--orphan", "other");
    await repository.commit("Anew", { ...BEGIN });
    expect(await refusal(open(repository))).toStartWith("HEAD and main have no commit in common");
  });

  test("a bare repository", async () => {
    await using repository = await createRepository(BEGIN);
    await using bare = await repository.clone("--bare");
    await mkdir(join(bare.dir, "schemas"));
    expect(await refusal(open(bare))).toContain("is in a bare repository, which has no files to check");
  });

  test("a repository of another user names the command that trusts it", async () => {
    await using repository = await createRepository(BEGIN);
    expect(await refusal(open(repository, "git", { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" }))).toBe(
      `git refuses to read ${repository.dir}, which belongs to another user\n` +
        `Trust it: git config --global --add safe.directory ${repository.dir}`,
    );
  });
});

describe("wherever the folder is", () => {
  test("in a work tree of its own, a submodule, with blanks and umlauts, through a link, at the top", async () => {
    await using repository = await createRepository({
      "a folder/schämas/a.b.done/v1.avsc": done("a"),
      "a folder/schämas/a.b.done/topic.yaml": YAML,
    });
    const dirs = [join(repository.dir, "a folder/schämas"), `${repository.dir}/a folder/../a folder/schämas/`];
    await repository.git("worktree", "add", "--quiet", "-b", "feature", "tree");
    dirs.push(join(repository.dir, "tree/a folder/schämas"));
    await symlink("a folder/schämas", join(repository.dir, "linked"));
    dirs.push(join(repository.dir, "linked"));
    for (const dir of dirs) {
      const base = await openBase("git:HEAD", { dir, env: repository.env });
      expect({ dir, versions: versionsOf(base) }).toEqual({ dir, versions: ["a"] });
    }

    await using top = await createRepository({ "a.b.done/v1.avsc": done("a"), "a.b.done/topic.yaml": YAML });
    expect(versionsOf(await openBase("git:HEAD", { dir: top.dir, env: top.env }))).toEqual(["a"]);

    await using outer = await createRepository({ "README.md": "outer" });
    await outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", `file://${top.dir}`, "inner");
    const inner = await openBase("git:HEAD", { dir: join(outer.dir, "inner"), env: outer.env });
    expect(versionsOf(inner)).toEqual(["a"]);
  });

  test("in a hook, which git starts with variables of its own", async () => {
    await using repository = await createRepository(BEGIN);
    const hook = {
      GIT_LITERAL_PATHSPECS: "1",
      GIT_DIR: ".git",
      GIT_INDEX_FILE: ".git/index",
      GIT_PREFIX: "",
      GIT_WORK_TREE: ".",
    };
    expect(versionsOf(await open(repository, "git:HEAD", hook))).toEqual(["a"]);
  });

  test("a folder that was somewhere else is told of, for everything in it seems new", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("mv", "schemas", "contracts");
    const first = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    const dir = join(repository.dir, "contracts");
    const base = await openBase("git", { dir, env: repository.env });
    expect(base.note).toBe(`there was no schema in ${dir} at ${first}: every subject is new`);
  });

  test("nothing is written, fetched or checked out", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.write({ [FILE]: done("a", "b") });
    const state = async () => [
      await Bun.file(join(repository.dir, ".git/index")).bytes(),
      await repository.git("for-each-ref"),
      await repository.git("count-objects", "-v"),
    ];
    const before = await state();
    await open(repository);
    expect(await state()).toEqual(before);
  });
});

describe("what a base has of each subject", () => {
  test("level, key and file as they were, and places in the file as it was", async () => {
    await using repository = await createRepository({
      "schemas/a.b.done/topic.yaml": "{ key: a, compatibility: FULL }",
      [FILE]: done("a"),
    });
    const dir = join(repository.dir, "schemas");
    await repository.write({ "schemas/a.b.done/topic.yaml": YAML, [FILE]: done("b") });
    const base = await open(repository);
    const history = base.subjects.get(SUBJECT);
    expect(history).toMatchObject({
      level: "FULL",
      levelDeclared: true,
      key: [["a"]],
      file: join(dir, "a.b.done/v1.avsc"),
    });
    const source = history?.versions.at(-1)?.source;
    expect(source?.places.at({ file: source.file, keys: ["fields", "0", "name"] })).toMatchObject({ line: 6 });
    expect(history?.versions.at(-1)?.text).toBe(JSON.stringify(done("a")));
  });

  test("a file that was not right then is named, and the last that was right counts", async () => {
    await using repository = await createRepository({ ...BEGIN, "schemas/x.y.done/topic.yaml": "key: [" });
    await repository.commit("Break it", { [FILE]: "{", "schemas/x.y.done/v1.avsc": done("x") });
    const base = await open(repository, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a"]);
    expect(base.subjects.get("x.y.done.v1-value")).not.toHaveProperty("key");
    expect(base.note).toContain("a.b.done/v1.avsc and 1 other file can't be compared with that commit");
  });

  test("one that was removed is not there, and one that came back has its past", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("Remove", { "schemas/a.b.done": undefined });
    expect((await open(repository, "git:HEAD")).subjects.size).toBe(0);
    await repository.commit("Bring back", { ...BEGIN, [FILE]: done("b") });
    expect(versionsOf(await open(repository, "git:HEAD"))).toEqual(["a", "b"]);
  });
});

describe("the history of a subject", () => {
  test("has each schema once, oldest first, by the commit that brought it", async () => {
    await using repository = await createRepository(BEGIN);
    const first = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    await repository.commit("Lay out", { [FILE]: JSON.stringify(done("a")) });
    await repository.commit("Another topic", { "schemas/x.y.done/v1.avsc": done("x") });
    const second = await repository.commit("Change", { [FILE]: done("a", "b") });
    await repository.commit("Other line ends", {
      [FILE]: `${JSON.stringify(done("a", "b"), null, 4)}\n`.replaceAll("\n", "\r\n"),
    });
    await repository.commit("Not a schema", { [FILE]: "nonsense" });
    const third = await repository.commit("Change again", { [FILE]: done("a", "c") });
    const base = await open(repository, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a", "a b", "a c"]);
    expect(base.subjects.get(SUBJECT)?.versions.map(({ label }) => label)).toEqual([first, second, third]);
  });

  test("ends with what is there now, also where that was there before", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("Change", { [FILE]: done("a", "b") });
    const back = await repository.commit("Change back", { [FILE]: done("a") });
    const base = await open(repository, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a b", "a"]);
    expect(base.subjects.get(SUBJECT)?.versions.at(-1)?.label).toBe(back);
  });

  test("goes on where a shared type changes, with that type as it was; its file's name does not matter", async () => {
    const money = (...fields: readonly string[]) => ({ ...done(...fields), name: "s.Money" });
    const priced = { type: "record", name: "a.Done", fields: [{ name: "price", type: "s.Money" }] };
    await using repository = await createRepository({
      ...BEGIN,
      [FILE]: priced,
      "schemas/_shared/money.avsc": money("units"),
      "schemas/_shared/unused.avsc": { ...done("u"), name: "s.Unused" },
    });
    const first = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    await repository.commit("Rename", {
      "schemas/_shared/money.avsc": undefined,
      "schemas/_shared/cash.avsc": money("units"),
    });
    await repository.commit("Another", { "schemas/_shared/unused.avsc": { ...done("v"), name: "s.Unused" } });
    const second = await repository.commit("Change", { "schemas/_shared/cash.avsc": money("units", "currency") });
    const base = await open(repository, "git:HEAD");
    const versions = base.subjects.get(SUBJECT)?.versions ?? [];
    expect(versions.map(({ label }) => label)).toEqual([first, second]);
    expect(versions.map(({ schema }) => JSON.stringify(schema().json).includes("currency"))).toEqual([false, true]);
    expect(new Set(versions.map(({ text }) => text)).size).toBe(1);
    expect(versionsOf(base, "s.Money")).toEqual(["units", "units currency"]);
    const old = versions[0]?.source;
    expect(old?.places.follow(old.file, ["fields", "0", "type", "fields", "0"]).file).toEndWith("cash.avsc");
  });

  test("follows the first parents: what a merged branch tried out in between was never there", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.git("switch", "--quiet", "--create", "feature");
    await repository.commit("Try", { [FILE]: done("a", "tried") });
    await repository.commit("Settle", { [FILE]: done("a", "settled") });
    await repository.git("switch", "--quiet", "main");
    await repository.commit("Meanwhile", { "other.txt": "other" });
    await repository.git("merge", "--quiet", "--no-ff", "--message=Merge", "feature");
    const merge = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
    const base = await open(repository, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a", "a settled"]);
    expect(base.subjects.get(SUBJECT)?.versions.at(-1)?.label).toBe(merge);
  });

  test("has an end, and says where", async () => {
    await using repository = await createRepository(BEGIN);
    for (const field of ["b", "c"]) await repository.commit(field, { [FILE]: done("a", field) });
    const git = await openGit(join(repository.dir, "schemas"), repository.env);
    const two = await git.history("HEAD", { commitsMax: 2 });
    expect([two.revisions.map(({ commit }) => commit.title), two.cut]).toEqual([["c", "b"], "limit"]);
    expect((await git.history("HEAD", { commitsMax: 3 })).cut).toBeUndefined();
    const since = await git.history("HEAD", { since: "HEAD~1" });
    expect([since.revisions.map(({ commit }) => commit.title), since.cut]).toEqual([["c"], undefined]);
  });

  test("is left out where git has the very files that are here, and only changes are asked about", async () => {
    await using repository = await createRepository(BEGIN);
    await repository.commit("b", { [FILE]: done("a", "b") });
    const dir = join(repository.dir, "schemas");
    const changes = async () => versionsOf(await openBase("git:HEAD", { dir, env: repository.env, changesOnly: true }));
    expect(await changes()).toEqual(["a b"]);
    await repository.write({ [FILE]: done("a", "c") });
    expect(await changes()).toEqual(["a", "a b"]);
    await repository.write({ [FILE]: done("a", "b"), "schemas/x.y.done/v1.avsc": done("x") });
    expect(await changes()).toEqual(["a", "a b"]);
    await rm(join(dir, "x.y.done"), { recursive: true });
    expect(await changes()).toEqual(["a b"]);
    await rm(join(dir, "a.b.done/topic.yaml"));
    expect(await changes()).toEqual(["a", "a b"]);
  });

  test("has the files of each revision, and of any other", async () => {
    await using repository = await createRepository(BEGIN);
    const dir = join(repository.dir, "schemas");
    await repository.commit("b", { [FILE]: done("a", "b"), "schemas/x.y.done/v1.avsc": done("x") });
    await repository.commit("c", { [FILE]: done("a", "c"), "schemas/x.y.done": undefined });
    const git = await openGit(dir, repository.env);
    const { revisions } = await git.history("HEAD");
    const fields = ({ files }: { readonly files: Files }) =>
      readCatalog(dir, files)
        .catalog.topics.map(({ schema }) => schema.root)
        .map((root) => "fields" in root && root.fields.length);
    expect(revisions.map(fields)).toEqual([[2], [2], [1]]);
    expect(revisions.map(({ files }) => files.list(dir)?.map(({ name }) => name))).toEqual([
      ["a.b.done"],
      ["a.b.done", "x.y.done"],
      ["a.b.done"],
    ]);
    expect(fields({ files: await git.filesAt("HEAD~2") })).toEqual([1]);
  });

  test("links to files are followed, and to folders too", async () => {
    await using repository = await createRepository(BEGIN);
    await rename(join(repository.dir, FILE), join(repository.dir, "elsewhere.avsc"));
    await symlink("../../elsewhere.avsc", join(repository.dir, FILE));
    await mkdir(join(repository.dir, "common"));
    await repository.write({ "common/money.avsc": { ...done("m"), name: "s.Money" } });
    await symlink("../common", join(repository.dir, "schemas/_shared"));
    await repository.commit("Link");
    const base = await open(repository, "git:HEAD");
    expect(versionsOf(base)).toEqual(["a"]);
    expect(versionsOf(base, "s.Money")).toEqual(["m"]);
  });
});
