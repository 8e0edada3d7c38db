import { describe, expect, test } from "bun:test";
import { field, growing, memberOf, openApi, record, ref, sent } from "../asking.ts";

async function filled() {
  const api = openApi();
  for (const count of [1, 2, 3]) await api.register("a", growing(count));
  await api.told("DELETE /subjects/a/versions/2");
  return api;
}

describe("GET /subjects/{subject}/versions", () => {
  test.each([
    ["", [1, 3]],
    ["?deleted=true", [1, 2, 3]],
    ["?deletedOnly=true", [2]],
    ["?deletedAsNegative=true", [1, -2, 3]],
    ["?offset=1&limit=1", [3]],
  ])("%p lists the versions that are asked for", async (query, versions) => {
    expect(await (await filled()).told(`GET /subjects/a/versions${query}`)).toEqual(versions);
  });

  test("a subject that is not there, or has only deleted versions, is 40401", async () => {
    const { told, refused } = await filled();
    expect(await refused("GET /subjects/b/versions")).toEqual([404, 40401]);
    await told("DELETE /subjects/a");
    expect(await refused("GET /subjects/a/versions")).toEqual([404, 40401]);
    expect(await told("GET /subjects/a/versions?deleted=true")).toEqual([1, 2, 3]);
  });
});

describe("GET /subjects/{subject}/versions/{version}", () => {
  test.each([
    ["latest", 3],
    ["LATEST", 3],
    ["-1", 3],
    ["1", 1],
    ["2?deleted=true", 2],
  ])("%s is found", async (version, number) => {
    const { told } = await filled();
    expect(await told(`GET /subjects/a/versions/${version}`)).toMatchObject({
      subject: "a",
      version: number,
      id: number,
    });
  });

  test.each([
    ["a/versions/9", [404, 40402], "Version 9 not found."],
    ["a/versions/2", [404, 40402], "Version 2 not found."],
    ["b/versions/1", [404, 40401], "Subject 'b' not found."],
    ["b/versions/latest", [404, 40401], "Subject 'b' not found."],
    [
      "a/versions/0",
      [422, 42202],
      "The specified version '0' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"",
    ],
    [
      "a/versions/x",
      [422, 42202],
      "The specified version 'x' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"",
    ],
    [
      "a/versions/2147483648",
      [422, 42202],
      "The specified version '2147483648' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"",
    ],
  ])("%s is refused", async (path, refusal, message) => {
    const { status, body } = await (await filled()).ask(`GET /subjects/${path}`);
    expect([status, memberOf(body, "error_code")]).toEqual(refusal);
    expect(memberOf(body, "message")).toBe(message);
  });

  test("/schema answers the text alone", async () => {
    const { told } = await filled();
    expect(await told("GET /subjects/a/versions/1/schema")).toEqual(growing(1));
  });

  test("a subject that names no context is looked for in all of them", async () => {
    const { register, told } = openApi();
    await register(":.x:a", "int");
    expect(await told("GET /subjects/a/versions/1")).toMatchObject({ subject: ":.x:a" });
  });

  test("references are written out, or named with their context, where that is asked for", async () => {
    const { register, told } = openApi();
    await register(":.x:cents", record("Cents", field("cents", "long")));
    await register(":.x:order", record("Order", field("total", "n.Cents")), { references: [ref("n.Cents", "cents")] });
    const path = "GET /contexts/x/subjects/order/versions/1";
    expect(await told(path)).toMatchObject({ references: [ref("n.Cents", "cents")] });
    expect(await told(`${path}?referenceFormat=qualified`)).toMatchObject({
      references: [ref("n.Cents", ":.x:cents")],
    });
    expect(await told(`${path}/schema?format=resolved`)).toEqual(
      record("Order", field("total", { type: "record", name: "Cents", fields: [field("cents", "long")] })),
    );
  });
});

describe("POST /subjects/{subject}/versions", () => {
  test("answers everything about the version, in Confluent's order", async () => {
    const body = await openApi().told("POST /subjects/a/versions", sent("int"));
    expect(Object.keys(body as object)).toEqual(["id", "version", "guid", "schemaType", "schema", "ts", "deleted"]);
    expect(body).toMatchObject({ id: 1, version: 1, schemaType: "AVRO", schema: '"int"', deleted: false });
  });

  test.each([["JSON"], ["PROTOBUF"], ["XML"]])("a schema of type %s is refused in plain words", async (schemaType) => {
    const { status, body } = await openApi().ask("POST /subjects/a/versions", sent({}, { schemaType }));
    expect([status, body]).toEqual([
      422,
      { error_code: 42201, message: `Invalid schema type ${schemaType}: this registry takes AVRO alone` },
    ]);
  });

  test.each([
    ["no schema", {}],
    ["an empty schema", { schema: " " }],
    ["what is not JSON", { schema: "{" }],
    ["a type that is not there", sent("n.Missing")],
    ["a default that does not fit", sent(record("A", field("a", "int", { default: "x" })))],
    ["a name beyond ASCII", sent(record("Ä"))],
    ["a reference to nothing", sent(record("A", field("b", "n.B")), { references: [ref("n.B", "nope")] })],
    ["a reference that lacks its version", sent("int", { references: [{ name: "n.B", subject: "b" }] })],
  ])("%s is refused with 42201", async (_what, body) => {
    expect(await openApi().refused("POST /subjects/a/versions", body)).toEqual([422, 42201]);
  });

  test("`force` registers what the level forbids, and not what is invalid", async () => {
    const { told, refused, register } = openApi();
    await register("a", record("A", field("a")));
    const other = sent(record("A", field("b")));
    expect(await refused("POST /subjects/a/versions", other)).toEqual([409, 40901]);
    expect(await refused("POST /subjects/a/versions?force=true", sent("nope"))).toEqual([422, 42201]);
    expect(await told("POST /subjects/a/versions?force=true", other)).toMatchObject({ version: 2 });
  });

  test("an alias is the subject that it stands for", async () => {
    const { register, told } = openApi();
    await told("PUT /config/short", { alias: "long-name" });
    await register("short", "int");
    expect(await told("GET /subjects")).toEqual(["long-name"]);
    expect(await told("GET /subjects/short/versions/latest")).toMatchObject({ subject: "long-name" });
    expect(await told("GET /config/short")).toMatchObject({ alias: "long-name" });
  });

  test("an alias in a context stands for a subject there", async () => {
    const { register, told } = openApi();
    await told("PUT /config/:.x:short", { alias: "long-name" });
    await register(":.x:short", "int");
    expect(await told("GET /subjects")).toEqual([":.x:long-name"]);
    expect(await told("GET /schemas/ids/1?subject=:.x:short")).toMatchObject({ subject: ":.x:long-name" });
  });
});

describe("GET /subjects/{subject}/versions/{version}/referencedby", () => {
  test("answers the ids of those that refer to it, deleted ones where they are asked for", async () => {
    const { register, told, refused } = openApi();
    await register("b", record("B"));
    const using = record("A", field("b", "n.B"));
    const [id] = await register("a", using, { references: [ref("n.B", "b")] });
    await register("c", using, { references: [ref("n.B", "b")] });
    expect(await told("GET /subjects/b/versions/1/referencedby")).toEqual([id]);
    expect(await told("GET /subjects/b/versions/latest/referencedby")).toEqual([id]);
    await told("DELETE /subjects/a");
    await told("DELETE /subjects/c");
    expect(await told("GET /subjects/b/versions/1/referencedby")).toEqual([]);
    expect(await told("GET /subjects/b/versions/1/referencedby?deleted=true")).toEqual([id]);
    expect(await refused("GET /subjects/b/versions/2/referencedby")).toEqual([404, 40402]);
    expect(await refused("GET /subjects/x/versions/2/referencedby")).toEqual([404, 40401]);
  });
});
