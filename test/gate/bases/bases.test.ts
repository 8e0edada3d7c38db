import { describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { parseSchema } from "../../../src/avro/index.ts";
import { type Lock, type LockedVersion, lockFingerprint, lockText } from "../../../src/catalog/index.ts";
import { type Base, BaseError, type HistoryRegistry, openBase } from "../../../src/gate/index.ts";
import { folderOf, recordOf } from "../../catalog/folder.ts";

const MONEY = { type: "record", name: "s.Money", fields: [{ name: "units", type: "long" }] };
const DONE = recordOf("Done", { id: "string", price: "s.Money" });
const FILES = {
  "_shared/money.avsc": MONEY,
  "a.b.done/topic.yaml": "{ key: id, compatibility: FULL }",
  "a.b.done/v1.avsc": DONE,
};

async function refusal(opening: Promise<Base>): Promise<string> {
  const error = await opening.catch((thrown: unknown) => thrown);
  if (error instanceof BaseError) return error.message;
  throw error instanceof Error ? error : new Error("it was opened");
}

/** What a base has, by subject. */
const shown = ({ subjects }: Base) =>
  Object.fromEntries(
    [...subjects].map(([subject, { versions, level }]) => [
      subject,
      `${level}: ${versions.map(({ label, id, schema }) => `${label}${id === undefined ? "" : ` (${id})`} ${schema().name}`).join(", ")}`,
    ]),
  );

test("a name that is no base is refused with the nearest", async () => {
  await using folder = await folderOf(FILES);
  expect(await refusal(openBase("regstry", { dir: folder.dir, env: {} }))).toBe(
    "there is no base regstry; did you mean registry?\nA base is one of git, git:REVISION, registry, lock, dir:FOLDER.",
  );
});

describe("another folder", () => {
  test("is a base, by dir: or by its path, with the files that it has", async () => {
    await using folder = await folderOf(FILES);
    for (const name of [`dir:${folder.dir}`, folder.dir]) {
      const base = await openBase(name, { dir: "nowhere", env: {} });
      expect([base.name, base.note]).toEqual([name, ""]);
      expect(shown(base)).toEqual({
        "s.Money": `FULL: ${folder.dir} s.Money`,
        "a.b.done.v1-value": `FULL: ${folder.dir} Done`,
      });
      const source = base.subjects.get("a.b.done.v1-value")?.versions[0]?.source;
      expect(source?.file).toBe(`${folder.dir}/a.b.done/v1.avsc`);
    }
  });

  test("where something is wrong is compared with for the rest", async () => {
    await using folder = await folderOf({ ...FILES, "x.y.done/topic.yaml": "key: null", "x.y.done/v1.avsc": "{" });
    const base = await openBase(`dir:${folder.dir}`, { dir: "nowhere", env: {} });
    expect([...base.subjects.keys()]).toEqual(["s.Money", "a.b.done.v1-value"]);
    expect(base.note).toStartWith(`${folder.dir}/x.y.done/v1.avsc can't be compared with ${folder.dir}`);
  });

  test("that is not there is refused", async () => {
    expect(await refusal(openBase("dir:/nowhere", { dir: ".", env: {} }))).toBe(
      "there is no folder /nowhere to compare with",
    );
    expect(await refusal(openBase("dir:", { dir: ".", env: {} }))).toStartWith("dir: names no folder");
  });
});

describe("the lock", () => {
  const locked = (schema: object, version: number, references: LockedVersion["references"] = []) => {
    const text = JSON.stringify(schema);
    return { version, id: version + 10, text, fingerprint: lockFingerprint(text), references };
  };
  const larger = { ...MONEY, fields: [...MONEY.fields, { name: "currency", type: "string", default: "EUR" }] };
  const LOCK: Lock = {
    subjects: new Map([
      ["s.Money", { level: "FULL", versions: [locked(MONEY, 1), locked(larger, 2)] }],
      [
        "a.b.done.v1-value",
        {
          versions: [
            locked(DONE, 1, [{ name: "s.Money", subject: "s.Money", version: 1 }]),
            locked(DONE, 4, [{ name: "s.Money", subject: "s.Money", version: 2 }]),
          ],
        },
      ],
    ]),
  };

  test("has every version, and resolves references inside itself", async () => {
    await using folder = await folderOf({ ...FILES, "schemas.lock.json": lockText(LOCK) });
    const base = await openBase("lock", { dir: folder.dir, env: {} });
    expect(shown(base)).toEqual({
      "s.Money": "FULL: version 1 (11) s.Money, version 2 (12) s.Money",
      "a.b.done.v1-value": "undefined: version 1 (11) Done, version 4 (14) Done",
    });
    const versions = base.subjects.get("a.b.done.v1-value")?.versions ?? [];
    expect(versions.map(({ schema }) => JSON.stringify(schema().json).includes("currency"))).toEqual([false, true]);
    expect(versions[0]?.schema()).toBe(versions[0]?.schema());
  });

  test("that is not there, or is none, is refused with what to do", async () => {
    await using folder = await folderOf(FILES);
    const parts = { dir: folder.dir, env: {} };
    const file = `${folder.dir}/schemas.lock.json`;
    expect(await refusal(openBase("lock", parts))).toBe(
      `there is no ${file} to compare with\n\`sluice apply\` writes it when it registers the schemas.`,
    );
    await Bun.write(file, lockText(LOCK).replace("  }\n}\n", "<<<<<<< HEAD\n  }\n=======\n}\n>>>>>>> b\n}\n"));
    expect(await refusal(openBase("lock", parts))).toMatch(
      /^the lock is not usable:\n {2}.*schemas\.lock\.json:\d+:1: a merge conflict that is not resolved/,
    );
    await rm(file);
  });
});

describe("a registry", () => {
  /** Versions by subject; one whose text is undefined can't be read. */
  function fakeRegistry(held: Readonly<Record<string, Readonly<Record<number, object | undefined>>>>) {
    const state = { underWay: 0, most: 0, asked: [] as string[] };
    const answer = async <Value>(what: string, value: () => Value): Promise<Value> => {
      state.asked.push(what);
      state.most = Math.max(state.most, ++state.underWay);
      await new Promise((resolve) => setImmediate(resolve));
      state.underWay--;
      return value();
    };
    const registry: HistoryRegistry = {
      versions: (subject) => answer(`versions of ${subject}`, () => Object.keys(held[subject] ?? {}).map(Number)),
      version: (subject, version) =>
        answer(`${subject} ${version}`, () => {
          const schema = held[subject]?.[version];
          if (schema === undefined) throw Object.assign(new Error("only AVRO can be read"), { kind: "INVALID_SCHEMA" });
          const text = JSON.stringify(schema, null, 2);
          return {
            id: version * 100,
            version,
            text,
            schema: parseSchema(JSON.parse(text), schema === MONEY ? [] : [parseSchema(MONEY)]),
          };
        }),
      level: (subject) =>
        answer(`level of ${subject}`, () => (subject === "s.Money" ? "FULL" : subject ? undefined : "NONE")),
    };
    return { registry, state };
  }

  test("has all versions of the folder's subjects, oldest first, and is asked for no others", async () => {
    await using folder = await folderOf(FILES);
    const { registry, state } = fakeRegistry({
      "s.Money": { 1: MONEY },
      "a.b.done.v1-value": { 2: DONE, 5: DONE },
      "somebody.else.done.v1-value": { 1: MONEY },
    });
    const base = await openBase("registry", { dir: folder.dir, env: {}, registry });
    expect(shown(base)).toEqual({
      "s.Money": "FULL: version 1 (100) s.Money",
      "a.b.done.v1-value": "NONE: version 2 (200) Done, version 5 (500) Done",
    });
    expect(base.subjects.get("s.Money")?.versions[0]?.text).toBe(JSON.stringify(MONEY));
    expect(state.asked.join()).not.toContain("somebody");
  });

  test("that does not know a subject has nothing of it; a version that is no Avro is told of and left out", async () => {
    await using folder = await folderOf(FILES);
    const { registry } = fakeRegistry({ "a.b.done.v1-value": { 1: undefined, 2: DONE } });
    const base = await openBase("registry", { dir: folder.dir, env: {}, registry });
    expect(shown(base)).toEqual({ "a.b.done.v1-value": "NONE: version 2 (200) Done" });
    expect(base.note).toBe("version 1 of a.b.done.v1-value can't be compared with: only AVRO can be read");
  });

  test("gets eight requests at a time, and no more", async () => {
    const topics = Array.from({ length: 30 }, (_, index) => `a.b.done${index}`);
    await using folder = await folderOf(
      Object.fromEntries(
        topics.flatMap((name) => [
          [`${name}/topic.yaml`, "key: null"],
          [`${name}/v1.avsc`, recordOf("Done")],
        ]),
      ),
    );
    const held = Object.fromEntries(topics.map((name) => [`${name}.v1-value`, { 1: MONEY, 2: MONEY }]));
    const { registry, state } = fakeRegistry(held);
    const base = await openBase("registry", { dir: folder.dir, env: {}, registry });
    expect([...base.subjects.keys()]).toHaveLength(30);
    expect(state.most).toBe(8);
  });

  test("that fails is the registry's own error", async () => {
    await using folder = await folderOf(FILES);
    const { registry } = fakeRegistry({});
    const away = { ...registry, versions: () => Promise.reject(new Error("nobody there")) };
    await expect(openBase("registry", { dir: folder.dir, env: {}, registry: away })).rejects.toThrow("nobody there");
    expect(await refusal(openBase("registry", { dir: folder.dir, env: {} }))).toStartWith("there is no registry");
  });
});
