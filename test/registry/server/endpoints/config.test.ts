import { describe, expect, test } from "bun:test";
import { COMPATIBILITY_LEVELS } from "../../../../src/avro/index.ts";
import { field, openApi, record, sent } from "../asking.ts";

describe("the registry's own config", () => {
  test("is BACKWARD at first, and again once it is taken back", async () => {
    const { told } = openApi();
    expect(await told("GET /config")).toEqual({ compatibilityLevel: "BACKWARD" });
    expect(await told("PUT /config", { compatibility: "FULL" })).toEqual({ compatibility: "FULL" });
    expect(await told("GET /config")).toEqual({ compatibilityLevel: "FULL" });
    expect(await told("DELETE /config")).toEqual({ compatibilityLevel: "FULL" });
    expect(await told("GET /config")).toEqual({ compatibilityLevel: "BACKWARD" });
    expect(await told("DELETE /config")).toEqual({ compatibilityLevel: "BACKWARD" });
  });

  test.each([...COMPATIBILITY_LEVELS])("%s is taken in any case", async (level) => {
    const { told } = openApi();
    expect(await told("PUT /config/a", { compatibility: level.toLowerCase() })).toEqual({ compatibility: level });
    expect(await told("GET /config/a")).toEqual({ compatibilityLevel: level });
  });
});

describe("a subject's config", () => {
  test("need not be there, and is 40408 where it is not", async () => {
    const { told, ask, refused } = openApi();
    const { status, body } = await ask("GET /config/a");
    expect([status, body]).toEqual([
      404,
      { error_code: 40408, message: "Subject 'a' does not have subject-level compatibility configured" },
    ]);
    expect(await told("GET /config/a?defaultToGlobal=true")).toEqual({ compatibilityLevel: "BACKWARD" });
    expect(await refused("DELETE /config/a")).toEqual([404, 40401]);
  });

  test("keeps what a change does not name, and gives up what it sets to null", async () => {
    const { told } = openApi();
    await told("PUT /config/a", { compatibility: "FULL", normalize: true, compatibilityGroup: "major" });
    expect(await told("PUT /config/a", { normalize: null, validateFields: true })).toEqual({
      validateFields: true,
      compatibility: "FULL",
      compatibilityGroup: "major",
    });
    expect(await told("GET /config/a")).toEqual({
      validateFields: true,
      compatibilityLevel: "FULL",
      compatibilityGroup: "major",
    });
  });

  test("takes what it leaves open from the global one, and the level", async () => {
    const { told } = openApi();
    await told("PUT /config", { compatibility: "FULL", normalize: true, compatibilityGroup: "major" });
    await told("PUT /config/a", { validateFields: true });
    expect(await told("GET /config/a?defaultToGlobal=true")).toEqual({
      normalize: true,
      validateFields: true,
      compatibilityLevel: "FULL",
      compatibilityGroup: "major",
    });
  });

  test("that sets only `normalize` does not lose a stricter level", async () => {
    const { told, register, refused } = openApi();
    await told("PUT /config", { compatibility: "FULL" });
    expect(await told("PUT /config/a", { normalize: true })).toEqual({ normalize: true });
    expect(await told("GET /config/a")).toEqual({ normalize: true, compatibilityLevel: "FULL" });
    await register("a", record("A", field("a"), field("b")));
    // BACKWARD lets a field go.
    const less = sent(record("A", field("a")));
    expect(await told("POST /compatibility/subjects/a/versions", less)).toEqual({ is_compatible: false });
    expect(await refused("POST /subjects/a/versions", less)).toEqual([409, 40901]);
    expect(await told("DELETE /config/a")).toEqual({ normalize: true, compatibilityLevel: "FULL" });
  });

  test("goes with the subject's last version, and not before", async () => {
    const { told, register, refused } = openApi();
    await register("a", "int");
    await told("PUT /config/a", { compatibility: "FULL" });
    await told("PUT /mode/a", { mode: "READWRITE" });
    await told("DELETE /subjects/a");
    expect(await told("GET /config/a")).toEqual({ compatibilityLevel: "FULL" });
    await told("DELETE /subjects/a?permanent=true");
    expect(await refused("GET /config/a")).toEqual([404, 40408]);
    expect(await refused("GET /mode/a")).toEqual([404, 40409]);
  });

  test.each([
    ["a level that is none", { compatibility: "BEST" }, [422, 42203]],
    ["a level that is empty", { compatibility: "" }, [422, 42203]],
    ["a flag that is none", { normalize: "maybe" }, [400, 400]],
    ["metadata that is none", { defaultMetadata: 1 }, [400, 400]],
  ])("%s is refused", async (_what, body, refusal) => {
    expect(await openApi().refused("PUT /config/a", body)).toEqual(refusal);
  });

  test("takes no name that a subject can't have", async () => {
    expect(await openApi().refused("PUT /config/__EMPTY", { compatibility: "FULL" })).toEqual([422, 42208]);
  });

  test("can't be changed while it is read-only", async () => {
    const { told, refused } = openApi();
    await told("PUT /config/a", { compatibility: "FULL" });
    await told("PUT /mode/a", { mode: "READONLY" });
    expect(await refused("PUT /config/a", { compatibility: "NONE" })).toEqual([422, 42205]);
    expect(await refused("DELETE /config/a")).toEqual([422, 42205]);
  });
});

describe("a context's config", () => {
  test("holds for the subjects of the context, above what lies beneath all contexts", async () => {
    const { told } = openApi();
    const level = async (subject: string) => told(`GET /config/${subject}?defaultToGlobal=true`);
    await told("PUT /config/:.__GLOBAL:", { compatibility: "NONE" });
    expect(await level(":.x:a")).toEqual({ compatibilityLevel: "NONE" });
    expect(await level("a")).toEqual({ compatibilityLevel: "NONE" });
    await told("PUT /contexts/x/config", { compatibility: "FORWARD" });
    expect(await level(":.x:a")).toEqual({ compatibilityLevel: "FORWARD" });
    expect(await told("GET /config/:.x:")).toEqual({ compatibilityLevel: "FORWARD" });
    expect(await told("GET /contexts/x/config/a?defaultToGlobal=true")).toEqual({ compatibilityLevel: "FORWARD" });
    await told("PUT /config", { compatibility: "FULL" });
    expect(await level("a")).toEqual({ compatibilityLevel: "FULL" });
    expect(await level(":.y:a")).toEqual({ compatibilityLevel: "NONE" });
  });

  test("without a level leaves it to what lies beneath, as a subject's does", async () => {
    const { told } = openApi();
    const level = async (subject: string) => told(`GET /config/${subject}?defaultToGlobal=true`);
    await told("PUT /config/:.__GLOBAL:", { compatibility: "FULL" });
    await told("PUT /config/:.x:", { normalize: true });
    await told("PUT /config", { normalize: false });
    expect(await level(":.x:a")).toEqual({ normalize: true, compatibilityLevel: "FULL" });
    expect(await level("a")).toEqual({ normalize: false, compatibilityLevel: "FULL" });
    await told("PUT /config/:.x:", { compatibility: "FORWARD" });
    await told("PUT /config/:.x:a", { compatibilityGroup: "major" });
    expect(await level(":.x:a")).toMatchObject({ compatibilityLevel: "FORWARD", compatibilityGroup: "major" });
  });
});

describe("metadata", () => {
  test("is put between defaults and overrides", async () => {
    const { told, register } = openApi();
    await told("PUT /config/a", {
      defaultMetadata: { properties: { owner: "nobody", stage: "dev" }, tags: { "**.ssn": ["PII"] } },
      overrideMetadata: { properties: { stage: "prod" }, sensitive: ["owner"] },
    });
    await register("a", "int", { metadata: { properties: { owner: "team", stage: "test", build: 7 } } });
    expect(await told("GET /subjects/a/versions/1")).toMatchObject({
      metadata: {
        tags: { "**.ssn": ["PII"] },
        properties: { build: "7", owner: "team", stage: "prod" },
        sensitive: ["owner"],
      },
    });
    expect(await told("POST /subjects/a/versions", sent("int"))).toMatchObject({ version: 1 });
  });
});
