import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createRegistry } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { folderOf } from "../catalog/folder.ts";
import { createRepository, type Repository } from "../support/repository.ts";
import { sluice } from "../support/sluice.ts";

const money = (type: string) => ({
  type: "record",
  name: "shared.Money",
  fields: [{ name: "cents", type }],
});
const order = (...fields: readonly object[]) => ({
  type: "record",
  name: "shop.OrderPlaced",
  fields: [{ name: "id", type: "string" }, { name: "price", type: "shared.Money" }, ...fields],
});
const NOTE = { name: "note", type: ["null", "string"], default: null };
const EVENT_TYPE = "shop.order.placed";
const TOPIC = `${EVENT_TYPE}.v1`;
const SUBJECT = `${TOPIC}-value`;
const FILE = "schemas/shop.order.placed/v1.avsc";

const opened = new AsyncDisposableStack();
let repository: Repository;
let env: Readonly<Record<string, string>>;
let first = "";

beforeAll(async () => {
  repository = opened.use(
    await createRepository({
      "schemas/_shared/money.avsc": money("int"),
      "schemas/shop.order.placed/topic.yaml": "key: id\n",
      [FILE]: order(),
      "elsewhere/one.avsc": { type: "record", name: "One", fields: [] },
    }),
  );
  first = (await repository.git("rev-parse", "HEAD")).slice(0, 7);
  await repository.git("switch", "--quiet", "--create", "change");
  await repository.commit("Add a *note*", { [FILE]: order(NOTE) });
  await repository.write({ "schemas/_shared/money.avsc": money("long") });
  const registry = opened.use(await openRegistry());
  const client = createRegistry({ url: registry.url });
  const text = (json: unknown) => ({ text: JSON.stringify(json), references: [] });
  await client.register("shared.Money", text(money("int")));
  const references = [{ name: "shared.Money", subject: "shared.Money", version: 1 }];
  await client.register(SUBJECT, { ...text(order()), references });
  await client.register(SUBJECT, { ...text(order(NOTE)), references });
  client.close();
  env = { ...repository.env, SLUICE_SCHEMAS: join(repository.dir, "schemas"), SCHEMA_REGISTRY_URL: registry.url };
});
afterAll(() => opened.disposeAsync());

test("before the first commit every schema is new, and nothing has changed over time", async () => {
  await using begun = await createRepository();
  await begun.write({ "schemas/shop.order.placed/topic.yaml": "key: id\n", [FILE]: { ...order(), fields: [] } });
  const there = { ...begun.env, SLUICE_SCHEMAS: join(begun.dir, "schemas") };
  const diff = await sluice(["diff"], there);
  expect(diff).toMatchObject({ code: 0, err: expect.stringContaining("there is no commit yet: every subject is new") });
  const changelog = await sluice(["changelog"], there);
  expect(changelog).toMatchObject({ code: 0, err: "", out: expect.stringContaining("there is no commit yet") });
});

/** `KIND field` of each change, by subject. */
async function changes(...args: readonly string[]): Promise<Record<string, string[]>> {
  const { code, out, err } = await sluice(["diff", ...args, "--json"], env);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { diffs } = JSON.parse(out) as { diffs: { subject: string; changes: { kind: string; field: string }[] }[] };
  return Object.fromEntries(
    diffs.map(({ subject, changes }) => [subject, changes.map(({ kind, field }) => `${kind} ${field}`)]),
  );
}

const file = (name: string) => join(repository.dir, name);
const CENTS = "TYPE_CHANGED price.cents";

describe("sluice diff", () => {
  test("alone tells what this branch and the working tree change, a shared type once", async () => {
    expect(await changes()).toEqual({ "shared.Money": ["TYPE_CHANGED cents"], [SUBJECT]: [CENTS, "FIELD_ADDED note"] });
  });

  test("of one topic tells what it changes, by whichever of its names", async () => {
    const expected = { [SUBJECT]: [CENTS, "FIELD_ADDED note"] };
    for (const name of [TOPIC, SUBJECT, EVENT_TYPE, file(FILE)]) expect(await changes(name)).toEqual(expected);
    const { out } = await sluice(["diff", TOPIC], env);
    expect(out).toStartWith(`${SUBJECT}: 2 changes\n  from git:main to the working tree\n`);
  });

  test("compares any two of file, revision and registry version, the references with them", async () => {
    const all = { [SUBJECT]: [CENTS, "FIELD_ADDED note"] };
    expect(await changes(`main:${TOPIC}`, TOPIC)).toEqual(all);
    expect(await changes(`main:${file(FILE)}`, file(FILE))).toEqual(all);
    expect(await changes("main", TOPIC)).toEqual(all);
    expect(await changes(`${first}:${SUBJECT}`, `change:${SUBJECT}`)).toEqual({ [SUBJECT]: ["FIELD_ADDED note"] });
    expect(await changes(`registry:${TOPIC}@1`, `registry:${TOPIC}@latest`)).toEqual({
      [SUBJECT]: ["FIELD_ADDED note"],
    });
    expect(await changes(`registry:${TOPIC}`, TOPIC)).toEqual({ [SUBJECT]: [CENTS] });
    expect(await changes(TOPIC, "main")).toEqual({ [SUBJECT]: [CENTS, "FIELD_REMOVED note"] });
    expect(await changes("main:shared.Money", "shared.Money")).toEqual({ "shared.Money": ["TYPE_CHANGED cents"] });
  });

  test("compares files that are in no folder of schemas, as they are and as git has them", async () => {
    await repository.write({ "elsewhere/two.avsc": { type: "record", name: "One", fields: [NOTE] } });
    const [one, two] = [file("elsewhere/one.avsc"), file("elsewhere/two.avsc")];
    expect(await changes(one, two)).toEqual({ [two]: ["FIELD_ADDED note"] });
    expect(await changes(`main:${one}`, two)).toEqual({ [two]: ["FIELD_ADDED note"] });
  });

  test("takes revisions as check calls them, and a schema elsewhere against what is here", async () => {
    const all = { [SUBJECT]: [CENTS, "FIELD_ADDED note"] };
    const both = { "shared.Money": ["TYPE_CHANGED cents"], ...all };
    for (const revision of ["main", "git:main"]) {
      expect(await changes(revision)).toEqual(both);
      expect(await changes(revision, TOPIC)).toEqual(all);
      expect(await changes(`${revision}:${TOPIC}`)).toEqual(all);
      expect(await changes(`${revision}:${file(FILE)}`, TOPIC)).toEqual(all);
      expect(await changes(revision, "git:change")).toEqual({ [SUBJECT]: ["FIELD_ADDED note"] });
    }
    expect(await changes(`registry:${TOPIC}@1`)).toEqual(all);
    const { out } = await sluice(["diff", "git:main", "change"], env);
    expect(out).toStartWith(`${SUBJECT}: 1 change\n  from git:main to git:change\n`);
  });

  test.each(["diff", "changelog"])("%s names a file that is no schema any more", async (command) => {
    await using other = await createRepository({
      "schemas/a.b.done/topic.yaml": "key: null\n",
      "schemas/a.b.done/v1.avsc": { type: "record", name: "Done", fields: [] },
    });
    await other.write({ "schemas/a.b.done/v1.avsc": '{ "type": ' });
    const { err } = await sluice([command], { ...other.env, SLUICE_SCHEMAS: join(other.dir, "schemas") });
    expect(err).toMatch(
      /schemas\/a\.b\.done\/v1\.avsc:1:\d+ error SCHEMA_INVALID syntax: .*; it is compared with nothing\n/,
    );
  });

  test("--html writes a page beside the answer, --format html is the page", async () => {
    const page = file("changes.html");
    const { out } = await sluice(["diff", TOPIC, "--html", page], env);
    expect(out).toStartWith(SUBJECT);
    const written = await Bun.file(page).text();
    expect(written).toStartWith("<!doctype html>");
    expect((await sluice(["diff", TOPIC, "--format", "html"], env)).out).toBe(written);
  });

  test.each([
    [["foo"], "there is no schema foo. A schema is a file (schemas/"],
    [["shop.order.plced.v1"], "there is no schema shop.order.plced.v1; did you mean shop.order.placed.v1?"],
    [["main:", TOPIC], "main: names no file and no topic behind the colon."],
    [["nope:x", TOPIC], "git has no revision nope here"],
    [
      ["main:shop.order.plced.v1", TOPIC],
      "main has no schema shop.order.plced.v1; did you mean main:shop.order.placed.v1?",
    ],
    [["registry:shop.order.placed.v1@x", TOPIC], "is written registry:SUBJECT@NUMBER or registry:SUBJECT@latest."],
    [["registry:shop.order.placed.v1@9", TOPIC], "there is no version 9 of shop.order.placed.v1-value: it has 1, 2."],
    [["registry:nothing@1", TOPIC], "the registry has no such subject"],
  ])("%j is answered with the forms that there are, or the nearest name", async (args, sentence) => {
    const { code, out, err } = await sluice(["diff", ...args], env);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(sentence);
  });

  test("where there is no git, two files can be compared, and nothing else is advised", async () => {
    await using folder = await folderOf({ "a.b.done/topic.yaml": "key: null", "a.b.done/v1.avsc": order() });
    const own = { ...env, SLUICE_SCHEMAS: folder.dir };
    const { code, err } = await sluice(["diff"], own);
    expect(code).toBe(1);
    expect(err).toContain("is in no git repository");
    expect(err).toContain("name two files");
    expect(err).not.toContain("--against");
    const both = await sluice(["diff", file("elsewhere/one.avsc"), file("elsewhere/one.avsc")], own);
    expect(both).toMatchObject({ code: 0, err: "" });
  });

  test("a file that is no schema is told with its line", async () => {
    await using other = await createRepository({
      "schemas/a.b.done/topic.yaml": "key: null\n",
      "schemas/a.b.done/v1.avsc": "{",
    });
    const at = join(other.dir, "schemas/a.b.done/v1.avsc");
    const { code, err } = await sluice(["diff", at, at], { ...other.env, SLUICE_SCHEMAS: join(other.dir, "schemas") });
    expect(code).toBe(1);
    expect(err).toContain(`${at} is no schema: line 1, column`);
  });
});

describe("sluice changelog", () => {
  test("tells what each commit changed, the newest first, and what is not committed", async () => {
    const { code, out } = await sluice(["changelog", TOPIC], env);
    expect(code).toBe(0);
    expect(out.split("\n").filter((line) => /^#+ |^- /.test(line))).toEqual([
      "# Changes of the schemas",
      "## not committed",
      `### \`${SUBJECT}\`: 1 change`,
      expect.stringContaining("- changed `price.cents`: `int → long`"),
      expect.stringContaining("- `TS_NUMBER_PRECISION`"),
      expect.stringMatching(/^## \d{4}-\d\d-\d\d `[0-9a-f]{7}` Add a \\\*note\\\*$/),
      `### \`${SUBJECT}\`: 1 change`,
      expect.stringContaining("- added `note`"),
      expect.stringMatching(/^## \d{4}-\d\d-\d\d `[0-9a-f]{7}` Begin$/),
      `### \`${SUBJECT}\`: a new subject`,
    ]);
  });

  test("of all tells of a shared type once; --since begins after a commit", async () => {
    const { out } = await sluice(["changelog", "--since", "main", "--json"], env);
    const { entries } = JSON.parse(out) as { entries: { label: string; diffs: { subject: string }[] }[] };
    expect(entries.map(({ label, diffs }) => [label, diffs.map(({ subject }) => subject)])).toEqual([
      ["not committed", ["shared.Money"]],
      [expect.stringMatching(/^[0-9a-f]{7}$/), [SUBJECT]],
    ]);
  });

  test("--registry goes by the versions that are registered", async () => {
    const { out } = await sluice(["changelog", TOPIC, "--registry", "--json"], env);
    const { entries } = JSON.parse(out) as { entries: { label: string }[] };
    expect(entries.map(({ label }) => label)).toEqual(["version 2", "version 1"]);
    const text = (await sluice(["changelog", "--registry"], env)).out;
    expect(text.split("\n").filter((line) => line.startsWith("## "))).toEqual([
      "## version 1 of shared.Money",
      `## version 2 of ${SUBJECT}`,
      `## version 1 of ${SUBJECT}`,
    ]);
  });

  test.each([
    [["--registry", "--since", "main"], "--since is for git"],
    [["--since", "nope"], "git has no revision nope here"],
    [["shop.order.plced.v1"], "no such subject; did you mean shop.order.placed.v1?"],
  ])("%j is refused", async (args, sentence) => {
    const { code, err } = await sluice(["changelog", ...args], env);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });
});
