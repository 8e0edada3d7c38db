import { describe, expect, test } from "bun:test";
import { field, growing, openApi, record, sent } from "../asking.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("GET /subjects", () => {
  async function filled() {
    const api = openApi();
    for (const subject of ["b", "a", ":.x:a", ":.y:c", "a/ü"]) await api.register(subject, "int");
    await api.register("gone", "int");
    await api.told("DELETE /subjects/gone");
    return api;
  }

  test.each([
    ["", [":.x:a", ":.y:c", "a", "a/ü", "b"]],
    ["?subjectPrefix=", ["a", "a/ü", "b"]],
    ["?subjectPrefix=a", ["a", "a/ü"]],
    ["?subjectPrefix=:.x:", [":.x:a"]],
    ["?subjectPrefix=:.x:b", []],
    ["?subjectPrefix=:*:a", [":.x:a", "a", "a/ü"]],
    ["?subjectPrefix=&deleted=true", ["a", "a/ü", "b", "gone"]],
    ["?deletedOnly=true", ["gone"]],
    ["?deleted=true&deletedOnly=TRUE", ["gone"]],
    ["?offset=1&limit=2", [":.y:c", "a"]],
    ["?limit=0", [":.x:a", ":.y:c", "a", "a/ü", "b"]],
    ["?deleted=yes&subjectPrefix=", ["a", "a/ü", "b"]],
  ])("%p lists the subjects that are asked for, sorted", async (query, subjects) => {
    expect(await (await filled()).told(`GET /subjects${query}`)).toEqual(subjects);
  });

  test("under a context only its own are listed", async () => {
    const api = await filled();
    expect(await api.told("GET /contexts/x/subjects")).toEqual([":.x:a"]);
    expect(await api.told("GET /contexts/:.y:/subjects?subjectPrefix=c")).toEqual([":.y:c"]);
    expect(await api.told("GET /contexts/:.:/subjects")).toEqual(["a", "a/ü", "b"]);
  });

  test("an empty registry answers an empty list", async () => {
    expect(await openApi().told("GET /subjects")).toEqual([]);
  });
});

describe("POST /subjects/{subject}", () => {
  test("answers the version that holds the schema, in Confluent's order", async () => {
    const { register, told } = openApi();
    await register("a", record("A", field("a")));
    const body = await told("POST /subjects/a", sent(record("A", field("a"))));
    expect(JSON.stringify(body).replace(/"guid":"[^"]+"/, '"guid":""')).toBe(
      JSON.stringify({
        subject: "a",
        version: 1,
        id: 1,
        guid: "",
        schemaType: "AVRO",
        schema: JSON.stringify(record("A", field("a"))),
        ts: 1_700_000_000_000,
        deleted: false,
      }),
    );
    expect(body).toMatchObject({ guid: expect.stringMatching(GUID) });
  });

  test.each([
    ["a subject that is not there", "POST /subjects/nope", sent("int"), [404, 40401]],
    ["a schema that the subject does not have", "POST /subjects/a", sent("long"), [404, 40403]],
    ["no schema", "POST /subjects/a", {}, [404, 40403]],
    ["what is no schema", "POST /subjects/a", sent("nothing"), [422, 42201]],
    ["what is no schema, under no subject", "POST /subjects/nope", sent("nothing"), [422, 42201]],
    ["another type of schema", "POST /subjects/a", sent("int", { schemaType: "JSON" }), [422, 42201]],
  ])("%s is refused", async (_what, line, body, refusal) => {
    const { register, refused } = openApi();
    await register("a", "int");
    expect(await refused(line, body)).toEqual(refusal);
  });

  test("a deleted version is found where it is asked for", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    await register("a", growing(2));
    await told("DELETE /subjects/a/versions/1");
    expect(await refused("POST /subjects/a", sent(growing(1)))).toEqual([404, 40403]);
    expect(await told("POST /subjects/a?deleted=true", sent(growing(1)))).toMatchObject({ version: 1, deleted: true });
  });

  test("a schema is found under its subject's name in any context, unless one is named", async () => {
    const { register, told, refused } = openApi();
    await register(":.x:a", "int");
    expect(await told("POST /subjects/a", sent("int"))).toMatchObject({ subject: ":.x:a", id: 1 });
    expect(await refused("POST /subjects/:.y:a", sent("int"))).toEqual([404, 40401]);
    expect(await refused("POST /contexts/y/subjects/a", sent("int"))).toEqual([404, 40401]);
  });
});

describe("GET /subjects/{subject}/metadata", () => {
  test("answers the latest version that has the properties", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1), { metadata: { properties: { stage: "dev", team: "x" } } });
    await register("a", growing(2), { metadata: { properties: { stage: "prod", team: "x" } } });
    expect(await told("GET /subjects/a/metadata?key=team&value=x")).toMatchObject({ version: 2 });
    expect(await told("GET /subjects/a/metadata?key=team&value=x&key=stage&value=dev")).toMatchObject({ version: 1 });
    expect(await refused("GET /subjects/a/metadata?key=team&value=y")).toEqual([404, 40403]);
    expect(await refused("GET /subjects/b/metadata?key=team&value=y")).toEqual([404, 40401]);
  });
});
