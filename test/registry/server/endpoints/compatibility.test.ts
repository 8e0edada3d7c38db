import { describe, expect, test } from "bun:test";
import { field, growing, openApi, record, sent } from "../asking.ts";

const AT_LATEST = "POST /compatibility/subjects/a/versions/latest";
const AT_ALL = "POST /compatibility/subjects/a/versions";
const mandatory = record("A", field("must"));

describe("what is answered", () => {
  test("the verdict alone, unless reasons are asked for", async () => {
    const { register, told } = openApi();
    await register("a", growing(1));
    for (const line of [AT_LATEST, AT_ALL]) {
      expect(await told(line, sent(growing(2)))).toEqual({ is_compatible: true });
      expect(await told(`${line}?verbose=true`, sent(growing(2)))).toEqual({ is_compatible: true, messages: [] });
      expect(await told(line, sent(mandatory))).toEqual({ is_compatible: false });
    }
  });

  test("the reasons are Confluent's, word by word", async () => {
    const { register, told } = openApi();
    await register("a", record("A", field("f1")));
    const body = sent(record("A", field("f1"), field("f2")));
    expect(await told(`${AT_LATEST}?verbose=true`, body)).toEqual({
      is_compatible: false,
      messages: [
        "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'f2' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'f2'}",
        "{oldSchemaVersion: 1}",
        `{oldSchema: '${JSON.stringify(record("A", field("f1")))}'}`,
        "{validateFields: 'false', compatibility: 'BACKWARD'}",
      ],
    });
  });

  test("a schema that is invalid is refused, or is the reason where reasons are asked for", async () => {
    const { told, refused } = openApi();
    for (const line of [AT_LATEST, AT_ALL]) {
      expect(await refused(line, sent("n.Nope"))).toEqual([422, 42201]);
      expect(await refused(line, {})).toEqual([422, 42201]);
      expect(await told(`${line}?verbose=true`, {})).toEqual({ is_compatible: false, messages: ["Empty schema"] });
      expect(await told(`${line}?verbose=true`, sent("n.Nope"))).toMatchObject({ is_compatible: false });
    }
  });
});

describe("what is compared", () => {
  test("everything is compatible with a subject that is not there, but not with a version of it", async () => {
    const { told, refused } = openApi();
    expect(await told(AT_ALL, sent("int"))).toEqual({ is_compatible: true });
    expect(await told(AT_LATEST, sent("int"))).toEqual({ is_compatible: true });
    expect(await refused("POST /compatibility/subjects/a/versions/1", sent("int"))).toEqual([404, 40402]);
    expect(await refused("POST /compatibility/subjects/a/versions/x", sent("int"))).toEqual([422, 42202]);
  });

  test("one version is compared alone, whatever the level", async () => {
    const { register, told } = openApi();
    await told("PUT /config/a", { compatibility: "NONE" });
    await register("a", record("A", field("x")));
    await register("a", record("A", field("must")));
    await told("PUT /config/a", { compatibility: "BACKWARD_TRANSITIVE" });
    const at = (version: number) => told(`POST /compatibility/subjects/a/versions/${version}`, sent(mandatory));
    expect([await at(1), await at(2)]).toEqual([{ is_compatible: false }, { is_compatible: true }]);
    expect(await told(AT_ALL, sent(mandatory))).toEqual({ is_compatible: false });
  });

  test("deleted versions are not compared", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    await register("a", growing(2));
    await told("DELETE /subjects/a/versions/2");
    expect(await refused("POST /compatibility/subjects/a/versions/2", sent("int"))).toEqual([404, 40402]);
    expect(await told(`${AT_ALL}?verbose=true`, sent(mandatory))).toMatchObject({
      messages: expect.arrayContaining(["{oldSchemaVersion: 1}"]),
    });
  });
});
