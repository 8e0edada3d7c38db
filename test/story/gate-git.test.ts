import { expect, test } from "bun:test";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { createRepository, type Repository } from "../support/repository.ts";
import { SELF } from "../support/sluice.ts";

/**
 * What a check meets outside of a tidy work tree: clones that CI has cut, files that Windows, a merge or a slip has
 * spoiled, folders that were renamed. Without a clear answer people switch the check off, or believe what it did not check.
 */
const SCHEMA = {
  type: "record",
  name: "Placed",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "price", type: "shop.Money" },
  ],
};
const MONEY = { type: "record", name: "Money", namespace: "shop", fields: [{ name: "cents", type: "long" }] };
const FOLDER = "schemas/shop.order.placed";
const FILE = `${FOLDER}/v1.avsc`;
const SHARED = "schemas/_shared/money.avsc";
const FILES = {
  [`${FOLDER}/topic.yaml`]: "key: id\ncompatibility: BACKWARD\n",
  [FILE]: SCHEMA,
  [SHARED]: MONEY,
};
const text = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`;
/** The id is a number by now: line 8, column 15 of the file. */
const BROKEN = text(SCHEMA).replace('"string"', '"long"');

/** A repository on a branch of its own, which has changed nothing yet. */
async function branched(): Promise<Repository> {
  const repository = await createRepository(FILES);
  await repository.git("switch", "--quiet", "--create", "feature");
  await repository.commit("Elsewhere", { "README.md": "Nothing to do with schemas." });
  return repository;
}

/** Runs `sluice check` in a repository; the time that it took and names of commits are left out of what it says. */
async function check(
  { dir, env }: Repository,
  { args = [], ...variables }: { readonly args?: readonly string[] } & Readonly<Record<string, unknown>> = {},
): Promise<{ code: number; said: string; lines: readonly string[] }> {
  const command = [...SELF, "check", ...args];
  const started = Bun.spawn(command, {
    cwd: dir,
    env: { ...env, ...variables } as Record<string, string>,
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([started.stdout.text(), started.stderr.text(), started.exited]);
  const said = `${out}${err}`.replaceAll(/; \d+ ms/g, "").replaceAll(/\b[0-9a-f]{7}\b/g, "<commit>");
  return { code, said, lines: said.split("\n").filter((line) => /^\S+:\d+:\d+ /.test(line)) };
}

/** What a change of the files makes of the check. */
async function checkAfter(files: Parameters<Repository["write"]>[0]) {
  await using repository = await branched();
  await repository.write(files);
  return await check(repository);
}

test("nothing changed is nothing found, on a branch and with a detached head", async () => {
  await using repository = await branched();
  const expected = { code: 0, said: "Nothing found in 2 subjects; compared with git:main\n", lines: [] };
  expect(await check(repository)).toEqual(expected);
  await repository.git("switch", "--quiet", "--detach");
  expect(await check(repository)).toEqual(expected);
});

test("a break is found on its line, whether it is committed, staged or neither, with a detached head too", async () => {
  await using repository = await branched();
  await repository.write({ [FILE]: BROKEN });
  const found = await check(repository);
  expect(found.code).toBe(100);
  expect(found.lines).toEqual([`${FILE}:8:15 error TYPE_MISMATCH shop.order.placed.v1-value`]);
  await repository.git("add", "--all");
  expect(await check(repository)).toEqual(found);
  await repository.commit("Change");
  await repository.git("switch", "--quiet", "--detach");
  expect(await check(repository)).toEqual(found);
});

test("after a merge, the default branch is compared with the commit before", async () => {
  await using repository = await createRepository(FILES);
  await repository.commit("Change", { [FILE]: BROKEN });
  const { code, said } = await check(repository);
  expect(code).toBe(100);
  expect(said).toContain(
    "git:HEAD~1: HEAD is main, with nothing changed since: the commit before it, <commit>, is compared with",
  );
  expect(said).toContain(`${FILE}:8:15 error TYPE_MISMATCH`);
});

test("a shallow clone names the command that mends it, and is checked after that", async () => {
  await using repository = await branched();
  await repository.commit("Change", { [FILE]: BROKEN });
  await using clone = await repository.clone("--depth=1", "--branch=feature");
  const pullRequest = { GITHUB_ACTIONS: "true", GITHUB_BASE_REF: "main" };
  expect(await check(clone, pullRequest)).toEqual({
    code: 1,
    said:
      "sluice: the branch main, which GITHUB_BASE_REF names, is not in this clone: it is shallow\n" +
      "Run `git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main`, or give actions/checkout `fetch-depth: 0`.\n",
    lines: [],
  });
  await clone.git("fetch", "--unshallow", "origin", "+refs/heads/main:refs/remotes/origin/main");
  expect((await check(clone, pullRequest)).lines).toEqual([
    `${FILE}:8:15 error TYPE_MISMATCH shop.order.placed.v1-value`,
  ]);
});

test("a revision that is not there, and a folder that git does not have", async () => {
  await using repository = await branched();
  expect(await check(repository, { args: ["--against", "git:mian"] })).toMatchObject({
    code: 1,
    said: "sluice: git has no revision mian here; did you mean main?\n",
  });
  await rename(join(repository.dir, ".git"), join(repository.dir, "gone"));
  const { code, said } = await check(repository, { args: ["--against", "git"] });
  expect({ code, said }).toEqual({
    code: 1,
    said:
      "sluice: schemas is in no git repository, so that there is no revision to compare with\n" +
      "Compare with another base: --against lock, --against registry or --against dir:FOLDER\n",
  });
});

test("a renamed folder is a topic of another name", async () => {
  await using repository = await branched();
  await repository.git("mv", FOLDER, "schemas/shop.order.ordered");
  const { code, lines, said } = await check(repository);
  expect({ code, lines }).toEqual({
    code: 0,
    lines: ["schemas/shop.order.ordered/v1.avsc:3:11 warning SUBJECT_RENAMED shop.order.placed.v1-value"],
  });
  expect(said).toContain("shop.order.placed.v1-value is now shop.order.ordered.v1-value");
});

test("a renamed file of a shared type is the same type", async () => {
  const renamed = await checkAfter({ [SHARED]: undefined, "schemas/_shared/cash.avsc": MONEY });
  expect(renamed).toMatchObject({ code: 0, said: "Nothing found in 2 subjects; compared with git:main\n" });
});

test("a file whose name is in capitals now is told of, and still checked", async () => {
  const { code, lines } = await checkAfter({ [FILE]: undefined, [`${FOLDER}/V1.avsc`]: BROKEN });
  expect({ code, lines }).toEqual({
    code: 100,
    lines: [
      `${FOLDER}/V1.avsc:1:1 error SCHEMA_INVALID`,
      `${FOLDER}/V1.avsc:8:15 error TYPE_MISMATCH shop.order.placed.v1-value`,
    ],
  });
});

test("a deleted subject is a warning where it stood", async () => {
  const { code, said, lines } = await checkAfter({ [FOLDER]: undefined });
  expect({ code, lines }).toEqual({
    code: 0,
    lines: [`${FILE}:1:1 warning SUBJECT_REMOVED shop.order.placed.v1-value`],
  });
  expect(said).toContain(`shop.order.placed.v1-value is gone: there is no ${FILE} any more`);
});

test("the line ends of Windows are no change, and change no line or column", async () => {
  const windows = (content: string) => content.replaceAll("\n", "\r\n");
  const files = {
    [FILE]: windows(text(SCHEMA)),
    [SHARED]: windows(text(MONEY)),
    [`${FOLDER}/topic.yaml`]: "key: id\r\ncompatibility: BACKWARD\r\n",
  };
  expect(await checkAfter(files)).toMatchObject({
    code: 0,
    said: "Nothing found in 2 subjects; compared with git:main\n",
  });
  const [unix, onWindows] = await Promise.all([
    checkAfter({ [FILE]: BROKEN }),
    checkAfter({ ...files, [FILE]: windows(BROKEN) }),
  ]);
  expect(onWindows).toEqual(unix);
});

test.each([
  [
    "a byte order mark",
    { [FILE]: `\uFEFF${text(SCHEMA)}` },
    `${FILE}:1:1`,
    "begins with a byte order mark; save it as UTF-8 without one",
  ],
  [
    "a byte order mark in a shared type",
    { [SHARED]: `\uFEFF${text(MONEY)}` },
    `${SHARED}:1:1`,
    "begins with a byte order mark; save it as UTF-8 without one",
  ],
  ["UTF-16", { [FILE]: Buffer.from(`\uFEFF${text(SCHEMA)}`, "utf16le") }, `${FILE}:1:1`, "is UTF-16; save it as UTF-8"],
  [
    "a comment",
    { [FILE]: text(SCHEMA).replace("{", "{ // placed") },
    `${FILE}:1:3`,
    "syntax: JSON has no comments; write a doc instead",
  ],
  ["an empty file", { [FILE]: "" }, `${FILE}:1:1`, "the file is empty"],
  [
    "a merge conflict",
    {
      [FILE]: text(SCHEMA).replace(
        '      "name": "id",\n',
        '<<<<<<< HEAD\n      "name": "id",\n=======\n      "name": "key",\n>>>>>>> other\n',
      ),
    },
    `${FILE}:7:1`,
    "a merge conflict that is not resolved, from line 7 to 11: keep what is right of both sides, and delete the lines of the markers",
  ],
  [
    "a merge conflict in a shared type",
    { [SHARED]: `<<<<<<< HEAD\n${text(MONEY)}=======\n${text(MONEY)}>>>>>>> other\n` },
    `${SHARED}:1:1`,
    "a merge conflict that is not resolved, from line 1 to 25: keep what is right of both sides, and delete the lines of the markers",
  ],
  [
    "a merge conflict in topic.yaml",
    {
      [`${FOLDER}/topic.yaml`]:
        "key: id\n<<<<<<< HEAD\ncompatibility: BACKWARD\n=======\ncompatibility: NONE\n>>>>>>> other\n",
    },
    `${FOLDER}/topic.yaml:2:1`,
    "a merge conflict that is not resolved, from line 2 to 6: keep what is right of both sides, and delete the lines of the markers",
  ],
])("%s is one finding, and no other comes from it", async (_what, files, place, message) => {
  const { code, lines, said } = await checkAfter(files);
  expect(lines).toEqual([expect.stringMatching(/^\S+ error (SCHEMA|TOPIC)_INVALID/)]);
  expect(lines[0]).toStartWith(`${place} `);
  expect({ code, message: said.split("\n")[1] }).toEqual({ code: 100, message: `  ${message}` });
});

test("a merge conflict in gate.yaml or the lock stops the check, for nobody knows what they say", async () => {
  await using repository = await branched();
  await repository.write({ "schemas/gate.yaml": "base: main\n<<<<<<< HEAD\nrules: {}\n=======\n>>>>>>> other\n" });
  const gate = await check(repository);
  expect(gate.code).toBe(1);
  expect(gate.said).toContain("schemas/gate.yaml:2:1: a merge conflict that is not resolved, from line 2 to 5");

  await repository.write({
    "schemas/gate.yaml": undefined,
    "schemas/schemas.lock.json": '{\n<<<<<<< HEAD\n  "lock": 1,\n=======\n  "lock": 1,\n>>>>>>> other\n}\n',
  });
  const lock = await check(repository);
  expect(lock.code).toBe(1);
  expect(lock.said).toContain("schemas/schemas.lock.json:2:1: a merge conflict that is not resolved: take the file");
});

test("a break beside a spoiled file is found all the same", async () => {
  const { lines } = await checkAfter({ [FILE]: `\uFEFF${BROKEN}` });
  expect(lines).toEqual([
    `${FILE}:1:1 error SCHEMA_INVALID shop.order.placed.v1-value`,
    `${FILE}:8:15 error TYPE_MISMATCH shop.order.placed.v1-value`,
  ]);
});
