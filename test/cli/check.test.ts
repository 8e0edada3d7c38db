import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SELF, sluice } from "../support/sluice.ts";

/** Everything of this file, removed with it. */
const home = await mkdtemp(join(tmpdir(), "sluice-check-"));
afterAll(() => rm(home, { recursive: true }));

const FILE = "shop.order.placed/v1.avsc";
const schema = (...fields: object[]) =>
  `${JSON.stringify({ type: "record", name: "OrderPlaced", namespace: "shop", fields: [{ name: "id", type: "string" }, ...fields] }, null, 2)}\n`;
const cents = { name: "cents", type: "long" };

/** A folder of schemas of its own, whose files are given by their names in it. */
async function folder(files: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(home, "case-"));
  const schemas = join(dir, "schemas");
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      await mkdir(join(schemas, name, ".."), { recursive: true });
      await writeFile(join(schemas, name), text);
    }
  };
  await write({ "shop.order.placed/topic.yaml": "key: id\n", ...files });
  const env = { HOME: home, PATH: process.env.PATH ?? "", GIT_CONFIG_GLOBAL: "/dev/null", SLUICE_SCHEMAS: schemas };
  const workers = join(dir, "workers");
  await mkdir(workers);
  return {
    dir,
    schemas,
    workers,
    write,
    read: (name: string) => Bun.file(join(schemas, name)).text(),
    git: (...args: string[]) => {
      const identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];
      const { exitCode, stderr } = Bun.spawnSync(["git", ...identity, ...args], { cwd: dir, env });
      if (exitCode !== 0) throw new Error(stderr.toString());
    },
    check: (args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
      sluice(["check", ...args], { ...env, SLUICE_WORKERS: workers, ...more }),
  };
}

/** A repository whose branch `main` has these files, and whose branch `change` is checked out. */
async function repository(files: Readonly<Record<string, string>>) {
  const made = await folder(files);
  made.git("init", "-q", "-b", "main");
  made.git("add", ".");
  made.git("commit", "-q", "-m", "Add schemas");
  made.git("checkout", "-q", "-b", "change");
  return made;
}

describe("sluice check", () => {
  test("compares with where the branch left main, and passes what can be read", async () => {
    const { check, write } = await repository({ [FILE]: schema() });
    await write({ [FILE]: schema({ ...cents, default: 0 }) });
    const { code, out, err } = await check();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Nothing found in 1 subject; compared with git:\S+; \d+ ms\n$/);
  });

  test("finds a break with its line, and exits with 100", async () => {
    const { check, write, schemas } = await repository({ [FILE]: schema() });
    await write({ [FILE]: schema(cents) });
    const { code, out } = await check();
    expect(code).toBe(100);
    expect(out).toContain(
      `${schemas}/${FILE}:11:15 error READER_FIELD_MISSING_DEFAULT_VALUE shop.order.placed.v1-value\n`,
    );
  });

  test("mends what can be mended, and checks again", async () => {
    const { check, write, read } = await repository({ [FILE]: schema() });
    await write({ [FILE]: schema({ name: "note", type: "string" }) });
    const { code, out, err } = await check(["--fix"]);
    expect(err).toMatch(/^mended \S+:11 READER_FIELD_MISSING_DEFAULT_VALUE: .+\n1 mended, 0 left\.\n\n$/);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^Nothing found in 1 subject/) });
    expect(await read(FILE)).toContain('"default"');
    expect((await check(["--fix"])).err).toBe("Nothing to mend.\n\n");
  });

  test("gives a field that looks renamed its old name as an alias, though handlers have to change all the same", async () => {
    const optional = (name: string) => ({ name, type: ["null", "string"], default: null });
    const { check, write, read } = await repository({ [FILE]: schema(optional("note")) });
    await write({ [FILE]: schema(optional("notice")) });
    const { code, out, err } = await check(["--fix"]);
    expect(code).toBe(0);
    expect(err).toMatch(
      /^mended \S+ TS_FIELD_REMOVED: add "aliases": \["note"\] to `notice`.+\n1 mended, 1 left\.\n\n$/,
    );
    expect(out).toContain("`note` is called `notice` now");
    expect(await read(FILE)).toContain('"aliases": ["note"]');
  });

  test("a file that is not UTF-8 is not mended: its characters would be lost", async () => {
    const { check, schemas } = await repository({ [FILE]: schema() });
    const text = schema({ name: "note", type: ["null", "string"], doc: "caf\u00e9" });
    await writeFile(join(schemas, FILE), text, "latin1");
    const { code, err } = await check(["--fix"]);
    expect({ code, err }).toEqual({ code: 100, err: "Nothing can be mended by itself.\n\n" });
    expect(await readFile(join(schemas, FILE), "latin1")).toBe(text);
  });

  test("fails for warnings where that is asked for", async () => {
    const { check, write } = await repository({
      [FILE]: schema(),
      "shop.order.placed/topic.yaml": "key: id\ncompatibility: FULL\n",
    });
    await write({ "shop.order.placed/topic.yaml": "key: id\ncompatibility: BACKWARD\n" });
    expect((await check()).code).toBe(0);
    expect((await check(["--strict"])).code).toBe(100);
  });

  test("looks at the subjects named, by subject, topic or event type", async () => {
    const { check, write } = await repository({ [FILE]: schema() });
    await write({
      [FILE]: schema(cents),
      "shop.order.paid/v1.avsc": schema(),
      "shop.order.paid/topic.yaml": "key: id\n",
    });
    for (const name of ["shop.order.paid", "shop.order.paid.v1", "shop.order.paid.v1-value"]) {
      expect((await check([name])).code).toBe(0);
    }
    expect((await check(["shop.order.placed"])).code).toBe(100);
    expect(await check(["shop.order.payd"])).toEqual({
      code: 1,
      out: "",
      err: "sluice: shop.order.payd: no such subject; did you mean shop.order.paid?\n",
    });
  });

  test("compares with a folder, and says what there is to compare with where there is nothing", async () => {
    const before = await folder({ [FILE]: schema() });
    const now = await folder({ [FILE]: schema(cents) });
    const { code, out } = await now.check(["--against", before.schemas]);
    expect(code).toBe(100);
    expect(out).toContain(`compared with ${before.schemas}`);
    const { code: none, err } = await now.check();
    expect(none).toBe(1);
    expect(err).toMatch(
      /^sluice: there is nothing to compare with: .* Say what to compare with: `--against FOLDER`.*, or `--against registry`\.\n$/,
    );
  });

  test("names the workers that a change stops, and goes on where one cannot be loaded", async () => {
    const { check, write, workers } = await repository({ [FILE]: schema(cents) });
    const own = join(import.meta.dir, "../../src/index.ts");
    const worker = `import { defineWorker } from ${JSON.stringify(own)};\nexport const mails = defineWorker({ group: "mails", topics: ["shop.order.placed.v1"], async handle() {} });\n`;
    await writeFile(join(workers, "mails.ts"), worker);
    await writeFile(join(workers, "broken.ts"), "export const broken = (;\n");
    await write({ [FILE]: schema() });
    const { code, out, err } = await check();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(": breaks mails until it runs with this schema");
    expect(out).toMatch(
      /broken\.ts:1:24 warning WORKER_INVALID\n {2}.*broken\.ts cannot be loaded, .*: Unexpected ;\n/,
    );
    await writeFile(join(workers, "broken.ts"), 'import "./nothing.ts";\n');
    expect((await check()).out).toMatch(/warning WORKER_INVALID\n.*: Cannot find module '\.\/nothing\.ts'\n/);
    await write({ [FILE]: schema(cents) });
    expect((await check()).code).toBe(0);
    expect((await check(["--strict"])).code).toBe(100);
  });

  test("shows what a worker's own schema cannot read in the worker's file", async () => {
    const { check, workers } = await repository({ [FILE]: schema() });
    const own = join(import.meta.dir, "../../src/index.ts");
    const reader = `{ type: "record", name: "shop.OrderPlaced", fields: [{ name: "coupon", type: "string" }] }`;
    const worker = `import { defineWorker } from ${JSON.stringify(own)};
export const mails = defineWorker({
  group: "mails",
  topics: ["shop.order.placed.v1"],
  readers: { "shop.order.placed.v1": ${reader} },
  async handle() {},
});\n`;
    await writeFile(join(workers, "mails.ts"), worker);
    const { code, out } = await check();
    expect(code).toBe(100);
    expect(out).toMatch(/mails\.ts:5:14 error READER_BROKEN /);
    expect(out).toContain("Give `coupon` a default in `readers` of ");
  });

  test("a folder that is not there, or a gate.yaml that is wrong, is a failure and no finding", async () => {
    const { check, write } = await repository({ [FILE]: schema() });
    expect(await check([], { SLUICE_SCHEMAS: "/nowhere" })).toMatchObject({ code: 1, out: "" });
    await write({ "gate.yaml": "rules: { KEY_CHANGED: fatal }\n" });
    const { code, err } = await check();
    expect(code).toBe(1);
    expect(err).toContain("gate.yaml:1:10: KEY_CHANGED: expected");
  });

  test("an unknown base is told with those that there are", async () => {
    const { check } = await repository({ [FILE]: schema() });
    const { code, err } = await check(["--against", "regsitry"]);
    expect(code).toBe(1);
    expect(err).toStartWith("sluice: there is no base regsitry; did you mean registry?\n");
  });
});

describe("formats", () => {
  test("several go to files, and one to the standard output", async () => {
    const { check, write, dir } = await repository({ [FILE]: schema() });
    await write({ [FILE]: schema(cents) });
    const summary = join(dir, "summary.md");
    await writeFile(summary, "# Before\n");
    const report = join(dir, "report.sarif");
    const { code, out } = await check(["--format", "github", "--format", `sarif=${report}`], {
      GITHUB_STEP_SUMMARY: summary,
    });
    expect(code).toBe(100);
    expect(out).toStartWith("::error file=");
    expect((await Bun.file(report).json()).version).toBe("2.1.0");
    expect(await Bun.file(summary).text()).toMatch(/^# Before\n[\s\S]*READER_FIELD_MISSING_DEFAULT_VALUE/);
  });

  test("a step summary that can't be written is a warning: the verdict stays", async () => {
    const { check, write, dir } = await repository({ [FILE]: schema() });
    await write({ [FILE]: schema(cents) });
    const summary = join(dir, "nowhere", "summary.md");
    const { code, out, err } = await check(["--format", "github"], { GITHUB_STEP_SUMMARY: summary });
    expect({ code, err }).toEqual({
      code: 100,
      err: `warning: ${summary}, which GITHUB_STEP_SUMMARY names, can't be written: ENOENT\n`,
    });
    expect(out).toStartWith("::error file=");
  });

  test("`--json` is one document", async () => {
    const { check } = await repository({ [FILE]: schema() });
    for (const args of [["--json"], ["--format", "json"], ["--json", "--format", "json"]]) {
      expect(JSON.parse((await check(args)).out)).toMatchObject({ version: 1, findings: [{ rule: "SUBJECT_ADDED" }] });
    }
  });

  test("a long report reaches the other end of a pipe whole", async () => {
    const { dir, schemas, write } = await repository({ [FILE]: schema() });
    await write({
      [FILE]: schema(...Array.from({ length: 300 }, (_, index) => ({ name: `f${index}`, type: "string" }))),
    });
    const env = { ...process.env, SLUICE_SCHEMAS: schemas, SLUICE_WORKERS: "", GIT_CONFIG_GLOBAL: "/dev/null" };
    const piped = Bun.spawnSync(["sh", "-c", '"$@" | cat', "sh", ...SELF, "check", "--json"], { cwd: dir, env });
    expect(piped.stdout.length).toBeGreaterThan(200_000);
    expect(JSON.parse(piped.stdout.toString()).findings).toHaveLength(300);
  });

  test.each([
    [["--format", "jsn"], "Did you mean json?"],
    [["--format", "xml"], "It is one of text, json, "],
    [["--format", "sarif="], "The name of a file is missing behind =."],
    [["--format", "json", "--format", "github"], "json and github cannot share the standard output"],
    [["--format", "json=/nowhere/report.json"], "/nowhere/report.json can't be written: there is no folder /nowhere."],
  ])("%j is refused in a sentence", async (args, sentence) => {
    const { check } = await repository({ [FILE]: schema() });
    const { code, err } = await check(args);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });
});
