import { describe, expect, test } from "bun:test";
import { growing, memberOf, openApi, sent } from "../asking.ts";

describe("GET /schemas/ids/{id}", () => {
  async function filled() {
    const api = openApi();
    await api.register("a", "int");
    await api.register("b", "int");
    await api.register("b", "long");
    await api.register(":.x:c", "string");
    return api;
  }

  test("answers the schema without a subject, unless the query names one", async () => {
    const { told } = await filled();
    const body = await told("GET /schemas/ids/1");
    expect(Object.keys(body as object)).toEqual(["guid", "schemaType", "schema", "ts", "deleted"]);
    expect(await told("GET /schemas/ids/1?subject=b")).toMatchObject({ subject: "b", version: 1, schema: '"int"' });
    expect(await told("GET /schemas/ids/2?fetchMaxId=true")).toMatchObject({ schema: '"long"', maxId: 2 });
  });

  test("a subject says in which context the id is meant", async () => {
    const { told, refused } = await filled();
    expect(await told("GET /schemas/ids/1?subject=:.x:")).toMatchObject({ subject: ":.x:c", schema: '"string"' });
    expect(await told("GET /schemas/ids/1?subject=c")).toMatchObject({ subject: ":.x:c", schema: '"string"' });
    expect(await told("GET /schemas/ids/1?subject=nowhere")).toMatchObject({ schema: '"int"' });
    expect(await told("GET /contexts/x/schemas/ids/1")).toMatchObject({ schema: '"string"' });
    expect(await refused("GET /contexts/x/schemas/ids/2")).toEqual([404, 40403]);
    expect(await refused("GET /schemas/ids/1?subject=:.x:a")).toEqual([404, 40403]);
  });

  test.each(["", "/schema", "/subjects", "/versions"])("an id that nobody gave is 40403 (%p)", async (rest) => {
    expect(await (await filled()).refused(`GET /schemas/ids/9${rest}`)).toEqual([404, 40403]);
  });

  test("/schema, /subjects and /versions answer what their names say", async () => {
    const { told } = await filled();
    expect(await told("GET /schemas/ids/1/schema")).toBe("int");
    expect(await told("GET /schemas/ids/1/subjects")).toEqual(["a", "b"]);
    expect(await told("GET /schemas/ids/1/versions")).toEqual([
      { subject: "a", version: 1 },
      { subject: "b", version: 1 },
    ]);
    expect(await told("GET /schemas/ids/1/versions?offset=1")).toEqual([{ subject: "b", version: 1 }]);
    expect(await told("GET /contexts/x/schemas/ids/1/subjects")).toEqual([":.x:c"]);
  });

  test("an id outlives its deleted versions, until they are deleted for good", async () => {
    const { told, refused } = await filled();
    await told("DELETE /subjects/b");
    expect(await told("GET /schemas/ids/2")).toMatchObject({ schema: '"long"', deleted: true });
    expect(await told("GET /schemas/ids/2/subjects")).toEqual([]);
    expect(await told("GET /schemas/ids/2/versions?deleted=true")).toEqual([{ subject: "b", version: 2 }]);
    await told("DELETE /subjects/b?permanent=true");
    expect(await refused("GET /schemas/ids/2")).toEqual([404, 40403]);
    expect(await told("GET /schemas/ids/1/subjects")).toEqual(["a"]);
  });
});

describe("GET /schemas", () => {
  async function filled() {
    const api = openApi();
    for (const count of [1, 2]) await api.register("b", growing(count));
    await api.register("a", growing(1));
    await api.register(":.x:a", growing(1));
    await api.told("DELETE /subjects/b/versions/1");
    return api;
  }
  const shownBy = (body: unknown) =>
    (body as object[]).map((one) => `${memberOf(one, "subject")} ${memberOf(one, "version")}`);

  test.each([
    ["", ["a 1", "b 2"]],
    ["?deleted=true", ["a 1", "b 1", "b 2"]],
    ["?subjectPrefix=b&deleted=true", ["b 1", "b 2"]],
    ["?subjectPrefix=:*:", [":.x:a 1", "a 1", "b 2"]],
    ["?subjectPrefix=:.x:", [":.x:a 1"]],
    ["?deleted=true&latestOnly=true", ["a 1", "b 2"]],
    ["?offset=1&limit=1", ["b 2"]],
    ["?ruleType=CEL", []],
  ])("%p lists the versions that are asked for", async (query, versions) => {
    expect(shownBy(await (await filled()).told(`GET /schemas${query}`))).toEqual(versions);
  });

  test("aliases are listed with what they stand for", async () => {
    const { told } = await filled();
    await told("PUT /config/zz", { alias: "a" });
    const [first] = (await told("GET /schemas?aliases=true&subjectPrefix=z")) as object[];
    expect(first).toMatchObject({ subject: "a", aliases: ["zz"] });
  });
});

test("GET /schemas/types says that Avro is taken", async () => {
  expect(await openApi().told("GET /schemas/types")).toEqual(["AVRO"]);
});

test("a GUID leads to the schema, and to its ids in all contexts", async () => {
  const { register, told, refused } = openApi();
  await register(":.x:first", "long");
  const guid = memberOf(await told("POST /subjects/a/versions", sent("int")), "guid");
  await register(":.x:b", "int");
  // The MD5 of `"string"` is in the Avro specification's own tests.
  expect(await told("POST /subjects/s/versions", sent("string"))).toMatchObject({
    guid: "095d71cf-1255-6b9d-5e33-0ad575b3df5d",
  });
  expect(await told(`GET /schemas/guids/${guid}`)).toMatchObject({ schema: '"int"', guid });
  expect(await told(`GET /schemas/guids/${String(guid).replaceAll("-", "").toUpperCase()}/ids`)).toEqual([
    { context: ".", id: 1 },
    { context: ".x", id: 2 },
  ]);
  expect(await refused("GET /schemas/guids/00000000-0000-0000-0000-000000000000")).toEqual([404, 40403]);
  expect(await refused("GET /schemas/guids/x")).toEqual([404, 40403]);
  expect(await told("GET /schemas/guids/x/ids")).toEqual([]);
});
