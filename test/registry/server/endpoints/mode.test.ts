import { describe, expect, test } from "bun:test";
import { growing, openApi, record, ref, sent } from "../asking.ts";

describe("modes", () => {
  test("are READWRITE at first, and set for the registry, a context or a subject", async () => {
    const { told, refused } = openApi();
    expect(await told("GET /mode")).toEqual({ mode: "READWRITE" });
    expect(await refused("GET /mode/a")).toEqual([404, 40409]);
    expect(await told("GET /mode/a?defaultToGlobal=true")).toEqual({ mode: "READWRITE" });
    expect(await told("PUT /mode/a", { mode: "readonly" })).toEqual({ mode: "READONLY" });
    expect(await told("GET /mode/a")).toEqual({ mode: "READONLY" });
    expect(await told("PUT /contexts/x/mode", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
    expect(await told("GET /mode/:.x:b?defaultToGlobal=true")).toEqual({ mode: "IMPORT" });
    expect(await told("PUT /mode/:.__GLOBAL:", { mode: "FORWARD" })).toEqual({ mode: "FORWARD" });
    expect(await told("GET /mode/:.y:b?defaultToGlobal=true")).toEqual({ mode: "FORWARD" });
  });

  test.each([
    ["what is no mode", "PUT /mode/a", { mode: "OFF" }, [422, 42204]],
    ["FORWARD for a subject", "PUT /mode/a", { mode: "FORWARD" }, [422, 42204]],
    ["FORWARD for the default context", "PUT /mode", { mode: "FORWARD" }, [422, 42204]],
    ["a subject that can't be", "PUT /mode/__GLOBAL", { mode: "READONLY" }, [422, 42208]],
    ["a mode that nobody set", "DELETE /mode/a", undefined, [404, 40401]],
  ])("%s is refused", async (_what, line, body, refusal) => {
    expect(await openApi().refused(line, body)).toEqual(refusal);
  });

  test("are taken back by DELETE, and by setting them to null", async () => {
    const { told, refused } = openApi();
    await told("PUT /mode/a", { mode: "READONLY" });
    expect(await told("DELETE /mode/a")).toEqual({ mode: "READONLY" });
    await told("PUT /mode/a", { mode: "READONLY" });
    expect(await told("PUT /mode/a", { mode: null })).toEqual({});
    expect(await refused("GET /mode/a")).toEqual([404, 40409]);
  });

  test("of all subjects of a context are taken back where that is asked for", async () => {
    const { told, refused } = openApi();
    for (const subject of ["a", ":.x:a", ":.x:b"]) await told(`PUT /mode/${subject}`, { mode: "READONLY" });
    expect(await told("DELETE /mode/:.x:?recursive=true")).toEqual({});
    expect(await refused("GET /mode/:.x:a")).toEqual([404, 40409]);
    expect(await told("GET /mode/a")).toEqual({ mode: "READONLY" });
    expect(await told("DELETE /mode?recursive=true")).toEqual({ mode: "READWRITE" });
    expect(await refused("GET /mode/a")).toEqual([404, 40409]);
  });
});

describe("READONLY", () => {
  test("refuses changes, and answers what is there", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    await register("b", "int");
    await told("PUT /mode", { mode: "READONLY" });
    expect(await register("a", growing(1))).toEqual([1, 1]);
    expect(await told("POST /subjects/a", sent(growing(1)))).toMatchObject({ id: 1 });
    for (const line of ["DELETE /subjects/a", "DELETE /subjects/a/versions/1"]) {
      expect(await refused(line)).toEqual([422, 42205]);
    }
    expect(await refused("POST /subjects/a/versions", sent(growing(2)))).toEqual([422, 42205]);
    expect(await refused("DELETE /subjects/nope")).toEqual([404, 40401]);
  });

  test("of one subject leaves the others alone", async () => {
    const { register, told } = openApi();
    await told("PUT /mode/a", { mode: "READONLY" });
    expect(await register("b", "int")).toEqual([1, 1]);
  });

  test("of the registry gives way to a subject's own mode", async () => {
    const { register, told } = openApi();
    await told("PUT /mode/a", { mode: "READWRITE" });
    await told("PUT /mode", { mode: "READONLY" });
    expect(await register("a", "int")).toEqual([1, 1]);
  });
});

describe("IMPORT", () => {
  const imported = (schema: unknown, id: number, version?: number) =>
    sent(schema, { id, ...(version !== undefined && { version }) });

  test("takes ids and versions as they come, and checks nothing", async () => {
    const { told } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    expect(await told("POST /subjects/a/versions", imported("int", 40, 7))).toMatchObject({ id: 40, version: 7 });
    expect(await told("POST /subjects/a/versions", imported("string", 30, 3))).toMatchObject({ id: 30, version: 3 });
    const loose = record("A", { name: "a", type: "int", default: "x" });
    expect(await told("POST /subjects/a/versions", imported(loose, 50))).toMatchObject({ id: 50, version: 8 });
    expect(await told("GET /subjects/a/versions")).toEqual([3, 7, 8]);
  });

  test("raises the ids that follow", async () => {
    const { told, register } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    await told("POST /subjects/a/versions", imported("int", 40));
    expect(await register("b", "long")).toEqual([41, 1]);
  });

  test("may use up the numbers, after which there is none", async () => {
    const { told, refused, register } = openApi();
    const last = 2 ** 31 - 1;
    await told("PUT /mode/a", { mode: "IMPORT" });
    expect(await register("a", "int", { id: last, version: last })).toEqual([last, last]);
    await told("DELETE /mode/a");
    expect(await refused("POST /subjects/a/versions", sent("int", { version: -1 }))).toEqual([200, undefined]);
    expect(await refused("POST /subjects/a/versions", sent("long"))).toEqual([422, 42205]);
    expect(await refused("POST /subjects/b/versions", sent("long"))).toEqual([422, 42205]);
    expect(await register("b", "int")).toEqual([last, 1]);
  });

  test("refuses an id that has another schema, and a schema without an id", async () => {
    const { told, refused, ask } = openApi();
    await told("PUT /mode", { mode: "IMPORT" });
    await told("POST /subjects/a/versions", imported("int", 1));
    expect(await told("POST /subjects/b/versions", imported("int", 1))).toMatchObject({ id: 1, version: 1 });
    const { status, body } = await ask("POST /subjects/b/versions", imported("long", 1));
    expect([status, body]).toEqual([
      422,
      { error_code: 42205, message: "Overwrite new schema with id 1 in context  is not permitted." },
    ]);
    expect(await refused("POST /subjects/b/versions", sent("long"))).toEqual([422, 42205]);
  });

  test("puts a version in the place of another", async () => {
    const { told, refused } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    await told("POST /subjects/a/versions", imported("int", 40, 7));
    expect(await told("POST /subjects/a/versions", imported("long", 41, 7))).toMatchObject({ id: 41, version: 7 });
    expect(await told("GET /subjects/a/versions/7")).toMatchObject({ id: 41, schema: '"long"' });
    expect(await refused("GET /schemas/ids/40")).toEqual([404, 40403]);
  });

  test("gives one schema two ids where it is asked to, of which the later one counts", async () => {
    const { told, register } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    expect(await told("POST /subjects/a/versions", imported("int", 9))).toMatchObject({ id: 9, version: 1 });
    expect(await told("POST /subjects/a/versions", imported("int", 5))).toMatchObject({ id: 5, version: 2 });
    expect(await register("b", "int")).toEqual([5, 1]);
  });

  test("of one schema as two versions finds each of them again", async () => {
    const { told } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    for (const version of [3, 7]) await told("POST /subjects/a/versions", imported("int", 9, version));
    await told("PUT /mode/a", { mode: "READONLY" });
    for (const version of [3, 7]) {
      expect(await told("POST /subjects/a/versions", imported("int", 9, version))).toMatchObject({ id: 9, version });
    }
  });

  test("stores no normal form", async () => {
    const { told } = openApi();
    await told("PUT /mode/a", { mode: "IMPORT" });
    const schema = { type: "string", y: 1, x: 2 };
    expect(await told("POST /subjects/a/versions?normalize=true", imported(schema, 1))).toMatchObject({
      schema: JSON.stringify(schema),
    });
  });

  test("ids are refused in READWRITE", async () => {
    expect(await openApi().refused("POST /subjects/a/versions", imported("int", 7))).toEqual([422, 42205]);
  });

  test("needs an empty place unless it is forced, and clears what was deleted there", async () => {
    const { told, refused, register } = openApi();
    await register("a", growing(1));
    await register("b", "int");
    expect(await refused("PUT /mode", { mode: "IMPORT" })).toEqual([422, 42205]);
    expect(await refused("PUT /mode/a", { mode: "IMPORT" })).toEqual([422, 42205]);
    expect(await told("PUT /mode/c", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
    expect(await told("PUT /mode/a?force=true", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
    await told("DELETE /subjects/b");
    expect(await told("PUT /mode/b", { mode: "IMPORT" })).toEqual({ mode: "IMPORT" });
    expect(await refused("GET /schemas/ids/2")).toEqual([404, 40403]);
  });

  test("clears nothing that others refer to", async () => {
    const { told, refused, register } = openApi();
    await register("b", record("B"));
    await register("a", record("A", { name: "b", type: "n.B" }), { references: [ref("n.B", "b")] });
    await told("DELETE /subjects/a");
    await told("DELETE /subjects/b");
    expect(await refused("PUT /mode/b", { mode: "IMPORT" })).toEqual([422, 42206]);
    expect(await told("GET /subjects/b/versions?deleted=true")).toEqual([1]);
  });
});
