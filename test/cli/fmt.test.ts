import { expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sluice, typed } from "../support/sluice.ts";

const WIDE = '{"type":"enum","name":"Kind","symbols":["A"]}';
const RIGHT = '{ "type": "enum", "name": "Kind", "symbols": ["A"] }\n';

async function folderWith(files: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-fmt-"));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(dir, name), text);
  const text = (name: string) => Bun.file(join(dir, name)).text();
  return { dir, text, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

test("files are laid out, those that are right already are not touched", async () => {
  await using folder = await folderWith({
    "_shared/kind.avsc": WIDE,
    "a.b.done/v1.avsc": RIGHT,
    "a.b.done/x.json": WIDE,
  });
  const { code, out } = await sluice(["fmt"], { SLUICE_SCHEMAS: folder.dir });
  expect({ code, lines: out.split("\n").slice(-2) }).toEqual({ code: 0, lines: ["1 of 2 files laid out.", ""] });
  expect(await folder.text("_shared/kind.avsc")).toBe(RIGHT);
  expect(await folder.text("a.b.done/x.json")).toBe(WIDE);
  expect((await sluice(["fmt"], { SLUICE_SCHEMAS: folder.dir })).out).toBe("2 files: nothing to do.\n");
});

test("--check writes nothing, names the files, and ends with 100", async () => {
  await using folder = await folderWith({ "_shared/kind.avsc": WIDE });
  const { code, out } = await sluice(["fmt", "--check"], { SLUICE_SCHEMAS: folder.dir });
  expect(code).toBe(100);
  expect(out).toMatch(/kind\.avsc: not laid out yet\n1 of 1 file: `sluice fmt` does it\.\n$/);
  expect(await folder.text("_shared/kind.avsc")).toBe(WIDE);
});

test("a byte order mark is taken off: no other part of Sluice takes it", async () => {
  await using folder = await folderWith({ "_shared/kind.avsc": `\ufeff${RIGHT}` });
  expect((await sluice(["fmt", "--check"], { SLUICE_SCHEMAS: folder.dir })).code).toBe(100);
  await sluice(["fmt"], { SLUICE_SCHEMAS: folder.dir });
  expect(Buffer.from(await Bun.file(join(folder.dir, "_shared/kind.avsc")).bytes())).toEqual(Buffer.from(RIGHT));
});

test("a file that is not UTF-8 is named and left alone, byte by byte", async () => {
  await using folder = await folderWith({});
  const latin1 = Buffer.from('{"type":"enum","name":"Kind","doc":"caf\u00e9","symbols":["A"]}', "latin1");
  const utf16 = Buffer.from(`\ufeff${WIDE}`, "utf16le");
  for (const [name, bytes] of Object.entries({ latin1, utf16 })) {
    const file = join(folder.dir, "_shared", `${name}.avsc`);
    await Bun.write(file, bytes);
    const { code, err } = await sluice(["fmt", file]);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("no JSON in UTF-8, and left alone") });
    expect(Buffer.from(await Bun.file(file).bytes())).toEqual(bytes);
  }
});

test("a file that is no JSON is named and left alone, and the others are laid out", async () => {
  await using folder = await folderWith({ "_shared/a.avsc": "{", "_shared/kind.avsc": WIDE });
  const { code, err } = await sluice(["fmt"], { SLUICE_SCHEMAS: folder.dir });
  expect(code).toBe(1);
  expect(err).toContain(typed("a.avsc; `sluice check` says what is wrong and where."));
  expect(await folder.text("_shared/a.avsc")).toBe("{");
  expect(await folder.text("_shared/kind.avsc")).toBe(RIGHT);
  expect(await sluice(["fmt", "--check"], { SLUICE_SCHEMAS: folder.dir })).toMatchObject({ code: 1, out: "" });
});

test("one file may be named, wherever it is; one that is not there is a failure", async () => {
  await using folder = await folderWith({ "one.avsc": WIDE });
  expect((await sluice(["fmt", join(folder.dir, "one.avsc"), "--json"])).out).toContain('"status": "changed"');
  expect(await folder.text("one.avsc")).toBe(RIGHT);
  expect(await sluice(["fmt", join(folder.dir, "two.avsc")])).toMatchObject({ code: 1 });
});

test.each([["fmt"], ["check"], ["lint"], ["types"]])(
  "%s without a folder of schemas says how to begin one",
  async (command) => {
    const { code, err } = await sluice([command], { SLUICE_SCHEMAS: "/nowhere/schemas" });
    expect(code).toBe(1);
    expect(err).toContain(typed("there is no folder /nowhere/schemas; `sluice dev` says how to begin one"));
  },
);

test("what is no file is not waited for", async () => {
  await using folder = await folderWith({ "_shared/kind.avsc": RIGHT });
  await symlink("/dev/zero", join(folder.dir, "_shared/zero.avsc"));
  const { code, err } = await sluice(["fmt"], { SLUICE_SCHEMAS: folder.dir });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("zero.avsc: can't be read: it is no file") });
});
