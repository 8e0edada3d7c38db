import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeBump } from "../../src/cli/bump/write-bump.ts";
import { createRepository, type Repository } from "../support/repository.ts";
import { sluice } from "../support/sluice.ts";

const FOLDER = "schemas/orders.order.created";
const V1 = `${FOLDER}/v1.avsc`;
const V2 = `${FOLDER}/v2.avsc`;
const MONEY = "schemas/_shared/money.avsc";

const order = (...fields: readonly string[]): string =>
  `{\r\n\t"type": "record",\r\n\t"name": "Order",\r\n\t"fields": [\r\n\t\t${fields.join(",\r\n\t\t")}\r\n\t]\r\n}`;
const ID = '{ "name": "id", "type": "string" }';
const TOTAL = '{ "name": "total", "type": "long" }';
const BEFORE = order(ID, TOTAL);
const BROKEN = order(ID, TOTAL.replace("long", "string"));

const released = () => createRepository({ [`${FOLDER}/topic.yaml`]: "key: id\n", [V1]: BEFORE });

const run = ({ dir, env }: Repository, ...args: readonly string[]) =>
  sluice(args, { ...env, SLUICE_SCHEMAS: join(dir, "schemas") });
const textOf = ({ dir }: Repository, file: string): Promise<string> => Bun.file(join(dir, file)).text();
const filesIn = async ({ dir }: Repository): Promise<string[]> => (await readdir(join(dir, FOLDER))).toSorted();

/** The one way for a change that breaks readers: nobody who reads v1 may notice, and what was edited may not get lost. */
describe("`sluice bump`", () => {
  test("makes v2 of the edit, byte for byte, and v1 what it was; then the check has nothing to say", async () => {
    await using repository = await released();
    await repository.write({ [V1]: BROKEN });
    expect((await run(repository, "check")).code).toBe(100);

    const { code, out } = await run(repository, "bump", "orders.order.created");
    expect(code).toBe(0);
    expect(await textOf(repository, V2)).toBe(BROKEN);
    expect(await textOf(repository, V1)).toBe(BEFORE);
    expect(await filesIn(repository)).toEqual(["topic.yaml", "v1.avsc", "v2.avsc"]);
    expect(out).toMatch(/v2\.avsc +written: \S+v1\.avsc as it was edited\n\S+v1\.avsc +restored: as in git:HEAD\n/);
    expect(out).toContain("What orders.order.created.v2 asks for:\n1. Types.");
    expect(out).toContain("POST /topics/orders.order.created.v2/events");
    // The workers of this repository.
    expect(out.replace(/\s+/g, " ")).toContain('order-emails, order-projection: take "orders.order.created.v2" into');
    expect((await run(repository, "check")).code).toBe(0);
    expect(await repository.git("status", "--porcelain")).toBe(`?? ${V2}`);
  });

  test("finds the old one where the branch began, though the edit is committed", async () => {
    await using repository = await released();
    await repository.git("switch", "--quiet", "--create", "cents");
    await repository.commit("Break it", { [V1]: BROKEN });
    expect((await run(repository, "bump", "orders.order.created.v1-value")).code).toBe(0);
    expect([await textOf(repository, V1), await textOf(repository, V2)]).toEqual([BEFORE, BROKEN]);
    expect((await run(repository, "check")).code).toBe(0);
  });

  test("keeps what the branch had committed and breaks nobody", async () => {
    await using repository = await released();
    await repository.git("switch", "--quiet", "--create", "channel");
    const channel = '{ "name": "channel", "type": "string", "default": "web" }';
    const grown = order(ID, TOTAL, channel);
    await repository.commit("Add the channel", { [V1]: grown });
    await repository.commit("Break it", { [V1]: order(ID, TOTAL.replace("long", "string"), channel) });
    const { out } = await run(repository, "bump", "orders.order.created");
    expect(await textOf(repository, V1)).toBe(grown);
    expect(out).toMatch(/v1\.avsc +restored: as in commit [0-9a-f]{7,}\n/);
    expect((await run(repository, "check")).code).toBe(0);
  });

  test("restores from the revision that is named, whatever came after it", async () => {
    await using repository = await released();
    await repository.commit("Add the channel", {
      [V1]: order(ID, TOTAL, '{ "name": "channel", "type": "string", "default": "web" }'),
    });
    await repository.write({ [V1]: BROKEN });
    await run(repository, "bump", "orders.order.created", "--against", "git:HEAD~1");
    expect(await textOf(repository, V1)).toBe(BEFORE);
  });

  test("makes no copy of what was not edited", async () => {
    await using repository = await released();
    await repository.commit("Go on");
    const { code, err } = await run(repository, "bump", "orders.order.created.v1");
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /nothing was edited, \S+v1\.avsc is as in git:\S+\. .*; or --copy makes v2\.avsc a copy/,
      ),
    });
    expect(await filesIn(repository)).toEqual(["topic.yaml", "v1.avsc"]);
  });

  test("copies what was not edited with --copy", async () => {
    await using repository = await released();
    await repository.commit("Go on");
    const { out } = await run(repository, "bump", "orders.order.created.v1", "--copy");
    expect([await textOf(repository, V1), await textOf(repository, V2)]).toEqual([BEFORE, BEFORE]);
    expect(out).toContain("written: a copy of");
    expect(out).toContain(`1. Schema. Edit ${join(repository.dir, V2)}`);
  });

  test("with --dry-run says what it would do, and writes nothing", async () => {
    await using repository = await released();
    await repository.write({ [V1]: BROKEN });
    const { code, out } = await run(repository, "bump", "orders.order.created", "--dry-run");
    expect(code).toBe(0);
    expect(out).toMatch(/v2\.avsc +would be written: .*\n.*v1\.avsc +would be restored: /);
    expect(await filesIn(repository)).toEqual(["topic.yaml", "v1.avsc"]);
    expect(await textOf(repository, V1)).toBe(BROKEN);
  });

  test("answers as JSON", async () => {
    await using repository = await released();
    await repository.write({ [V1]: BROKEN });
    const { out } = await run(repository, "bump", "orders.order.created", "--json");
    expect(JSON.parse(out)).toMatchObject({
      from: "orders.order.created.v1",
      to: "orders.order.created.v2",
      base: "git:HEAD",
      dryRun: false,
      written: join(repository.dir, V2),
      restored: join(repository.dir, V1),
      compatible: false,
      left: [],
    });
    expect(JSON.parse(out).checklist.map(({ title }: { title: string }) => title)).toContain("Writers");
  });

  test("takes the version that was edited, and a number that was never used", async () => {
    await using repository = await released();
    await repository.commit("Release v2 and v3", { [V2]: order(ID), [`${FOLDER}/v3.avsc`]: order(ID) });
    await repository.write({ [V2]: order(ID.replace("string", "int")), [`${FOLDER}/v3.avsc`]: undefined });
    const { out } = await run(repository, "bump", "orders.order.created", "--json");
    expect(JSON.parse(out)).toMatchObject({ from: "orders.order.created.v2", to: "orders.order.created.v4" });
  });

  test("says that an edit breaks nothing", async () => {
    await using repository = await released();
    await repository.write({ [V1]: order(ID) });
    const { out } = await run(repository, "bump", "orders.order.created");
    expect(out).toContain("The edit breaks nothing: orders.order.created.v1 could take it as it was");
  });

  test("says what the check will still find: a shared type is in both versions, and a key is of both", async () => {
    await using repository = await released();
    const money = (type: string) =>
      `{"type":"record","name":"shared.Money","fields":[{"name":"cents","type":"${type}"}]}`;
    const price = '{ "name": "price", "type": "shared.Money" }';
    await repository.commit("Use a shared type", { [V1]: order(ID, price), [MONEY]: money("long") });
    await repository.write({ [V1]: order(price), [MONEY]: money("string") });
    const { out } = await run(repository, "bump", "orders.order.created", "--json");
    const { left } = JSON.parse(out);
    expect(left.join("\n")).toMatch(/money\.avsc:1:\d+ TYPE_MISMATCH: /);
    expect(left.join("\n")).toMatch(/topic\.yaml:1:1 TOPIC_INVALID: key: in v2\.avsc, /);
  });
});

describe("`sluice bump` refuses", () => {
  test.each([
    [
      "a name that is not there",
      "orders.order.creatd",
      "no such topic or event type; did you mean orders.order.created?",
    ],
    [
      "a version that is not there",
      "orders.order.created.v7",
      "no such topic or event type; did you mean orders.order.created.v1?",
    ],
  ])("%s", async (_title, name, sentence) => {
    await using repository = await released();
    expect(await run(repository, "bump", name)).toEqual({ code: 1, out: "", err: `sluice: ${name}: ${sentence}\n` });
  });

  test("a topic that nobody has yet: it can be edited as it is", async () => {
    await using repository = await released();
    const file = "schemas/orders.order.paid/v1.avsc";
    await repository.write({ "schemas/orders.order.paid/topic.yaml": "key: id\n", [file]: BEFORE });
    const { code, err } = await run(repository, "bump", "orders.order.paid");
    expect(code).toBe(1);
    expect(err).toContain("orders.order.paid.v1 is new since git:HEAD: nothing was promised about it yet");
  });

  test("a schema that is none, and says where it is wrong", async () => {
    await using repository = await released();
    await repository.write({ [V1]: BROKEN.replace("]", "") });
    const { code, err } = await run(repository, "bump", "orders.order.created");
    expect(code).toBe(1);
    expect(err).toMatch(
      /orders\.order\.created has no schema that could be a new version: \S+v1\.avsc:\d+:\d+: syntax: /,
    );
    expect(await filesIn(repository)).toEqual(["topic.yaml", "v1.avsc"]);
  });

  test("a base without files, and one that is not there", async () => {
    await using repository = await released();
    expect((await run(repository, "bump", "orders.order.created", "--against", "git:nowhere")).code).toBe(1);
    const { code, err } = await run(repository, "bump", "orders.order.created", "--against", "lock");
    expect(code).toBe(1);
    expect(err).toContain("schemas.lock.json");
  });

  /** The edit is the only copy of somebody's morning. */
  test.each([
    ["the old file cannot be written", "v2.avsc", "gone/v1.avsc", "gone/v1.avsc can't be written: ENOENT"],
    ["the new file is there already", "v1.avsc", "v1.avsc", "v1.avsc can't be written: it is there already"],
    ["there is no such folder any more", "gone/v2.avsc", "v1.avsc", "gone/v2.avsc can't be written: ENOENT"],
  ])("where %s, and leaves everything as it was", async (_title, added, restored, sentence) => {
    await using repository = await createRepository({ "v1.avsc": BROKEN });
    const plan = {
      added: { file: join(repository.dir, added), text: BROKEN },
      restored: { file: join(repository.dir, restored), text: BEFORE },
    };
    expect(() => writeBump(plan)).toThrow(`${sentence}. Nothing was changed.`);
    expect(await textOf(repository, "v1.avsc")).toBe(BROKEN);
    expect((await readdir(repository.dir)).toSorted()).toEqual([".git", "v1.avsc"]);
  });
});
