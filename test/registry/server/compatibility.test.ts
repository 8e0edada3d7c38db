import { describe, expect, test } from "bun:test";
import { COMPATIBILITY_LEVELS, type CompatibilityLevel } from "../../../src/avro/index.ts";
import { field, memberOf, openApi, record, sent } from "./asking.ts";

const OPTIONAL = { default: "" };
/** Between neighbours fields come and go with defaults; from the first to the last a mandatory one is added. */
const FIRST = record("A", field("a"));
const SECOND = record("A", field("a"), field("b", "string", OPTIONAL));
const WITHOUT_DEFAULT = record("A", field("a"), field("b"));
const WITHOUT_A = record("A", field("b"));

async function messagesAt(level: CompatibilityLevel, versions: readonly unknown[], next: unknown): Promise<string[]> {
  const { register, told } = openApi();
  await told("PUT /config/a", { compatibility: "NONE" });
  for (const version of versions) await register("a", version);
  await told("PUT /config/a", { compatibility: level });
  const body = await told("POST /compatibility/subjects/a/versions?verbose=true", sent(next));
  const refusal = await refusedAt(register("a", next));
  const messages = memberOf(body, "messages") as string[];
  // What is tested and what is registered is the same.
  expect(refusal).toBe(messages.length > 0);
  return messages;
}

const refusedAt = (registration: Promise<unknown>): Promise<boolean> =>
  registration.then(
    () => false,
    (error: Error) => error.message.includes('"error_code":40901'),
  );

describe("the seven levels", () => {
  /** What each level says to a change that breaks old readers, new readers, or a version before the latest. */
  const EXPECTED = {
    NONE: [true, true, true, true],
    BACKWARD: [false, true, true, true],
    BACKWARD_TRANSITIVE: [false, true, false, true],
    FORWARD: [true, false, true, true],
    FORWARD_TRANSITIVE: [true, false, true, false],
    FULL: [false, false, true, true],
    FULL_TRANSITIVE: [false, false, false, false],
  } as const satisfies Record<CompatibilityLevel, readonly boolean[]>;

  test.each([...COMPATIBILITY_LEVELS])("%s asks what it says, of the versions that it names", async (level) => {
    const compatible = async (versions: readonly unknown[], next: unknown) =>
      (await messagesAt(level, versions, next)).length === 0;
    expect([
      // The new schema can't read what the latest wrote.
      await compatible([FIRST], WITHOUT_DEFAULT),
      // The latest can't read what the new one writes.
      await compatible([WITHOUT_DEFAULT], FIRST),
      // The new one can't read what the first wrote, but the latest's.
      await compatible([FIRST, SECOND], WITHOUT_DEFAULT),
      // The first can't read what the new one writes, but the latest can.
      await compatible([WITHOUT_DEFAULT, SECOND], FIRST),
    ]).toEqual([...EXPECTED[level]]);
  });

  test("a transitive level stops at the newest version that conflicts", async () => {
    const messages = await messagesAt(
      "BACKWARD_TRANSITIVE",
      [FIRST, record("A", field("a"), field("c")), SECOND],
      WITHOUT_DEFAULT,
    );
    expect(messages.filter((one) => one.startsWith("{oldSchemaVersion"))).toEqual(["{oldSchemaVersion: 2}"]);
  });

  test("FULL tells what old readers miss first, then what new ones miss", async () => {
    const messages = await messagesAt("FULL", [FIRST], WITHOUT_A);
    expect(messages).toEqual([
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'a' at path '/fields/0' in the old schema has no default value and is missing in the new schema', additionalInfo:'a'}",
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/0' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}",
      "{oldSchemaVersion: 1}",
      `{oldSchema: '${JSON.stringify(FIRST)}'}`,
      "{validateFields: 'false', compatibility: 'FULL'}",
    ]);
  });
});

describe("descriptions", () => {
  const fixed = (size: number) => ({ type: "fixed", name: "F", size });
  const symbols = (...names: string[]) => ({ type: "enum", name: "E", symbols: names });

  test.each([
    [
      "a type that changed",
      record("A", field("a", "string")),
      record("A", field("a", "int")),
      "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0/type') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
    ],
    [
      "a name that changed",
      record("A"),
      record("B"),
      "{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: n.A'}",
    ],
    [
      "a size that changed",
      record("A", field("a", fixed(8))),
      record("A", field("a", fixed(4))),
      "{errorType:'FIXED_SIZE_MISMATCH', description:'The size of FIXED type field at path '/fields/0/type/size' in the new schema does not match with the old schema', additionalInfo:'expected: 8, found: 4'}",
    ],
    [
      "symbols that are gone",
      record("A", field("a", symbols("X", "D", "B"))),
      record("A", field("a", symbols("X"))),
      "{errorType:'MISSING_ENUM_SYMBOLS', description:'The new schema is missing enum symbols '[B, D]' at path '/fields/0/type/symbols' in the old schema', additionalInfo:'[B, D]'}",
    ],
    [
      "a branch that is gone",
      record("A", field("a", ["null", "string"])),
      record("A", field("a", ["null", "int"])),
      "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside a union field at path '/fields/0/type/1' in the old schema', additionalInfo:'reader union lacking writer type: STRING'}",
    ],
  ])("%s is told as Confluent tells it", async (_what, before, after, message) => {
    const [first] = await messagesAt("BACKWARD", [before], after);
    expect(first).toBe(message);
  });

  test("an old schema is quoted up to 10 KiB", async () => {
    const long = { ...FIRST, doc: "x".repeat(11_000) };
    const messages = await messagesAt("BACKWARD", [long], WITHOUT_DEFAULT);
    const quoted = messages.find((one) => one.startsWith("{oldSchema:")) ?? "";
    expect(quoted).toStartWith('{oldSchema: <truncated> \'{"type":"record"');
    expect(quoted).toEndWith("xxx...'}");
    expect(quoted.length).toBe(10 * 1_024 + "{oldSchema: <truncated> '...'}".length);
  });

  test("a refused registration lists them all", async () => {
    const { register, ask } = openApi();
    await register("a", FIRST);
    const { status, body } = await ask("POST /subjects/a/versions", sent(WITHOUT_DEFAULT));
    expect(status).toBe(409);
    expect(memberOf(body, "error_code")).toBe(40901);
    expect(memberOf(body, "message")).toBe(
      `Schema being registered is incompatible with an earlier schema for subject "a", details: [{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}, {oldSchemaVersion: 1}, {oldSchema: '${JSON.stringify(FIRST)}'}, {validateFields: 'false', compatibility: 'BACKWARD'}]`,
    );
  });
});

describe("a compatibility group", () => {
  const inMajor = (major: string) => ({ metadata: { properties: { major } } });

  test("asks about the versions of the same group alone", async () => {
    const { register, told, refused } = openApi();
    await told("PUT /config/a", { compatibilityGroup: "major" });
    await register("a", FIRST, inMajor("1"));
    await register("a", WITHOUT_A, inMajor("2"));
    expect(await refused("POST /subjects/a/versions", sent(WITHOUT_DEFAULT, inMajor("1")))).toEqual([409, 40901]);
    expect(await register("a", SECOND, inMajor("1"))).toEqual([3, 3]);
    const named = (level: string) => told("PUT /config/a", { compatibility: level });
    await named("BACKWARD_TRANSITIVE");
    expect(await refused("POST /subjects/a/versions", sent(record("A", field("z")), inMajor("2")))).toEqual([
      409, 40901,
    ]);
    expect(await register("a", record("A", field("z")), inMajor("3"))).toEqual([4, 4]);
  });

  test("asks about the latest of the group alone, where the level does", async () => {
    const { register, told } = openApi();
    await told("PUT /config/a", { compatibilityGroup: "major", compatibility: "NONE" });
    await register("a", record("A", field("old")), inMajor("1"));
    await register("a", FIRST, inMajor("1"));
    await register("a", WITHOUT_A, inMajor("2"));
    await told("PUT /config/a", { compatibility: "BACKWARD" });
    expect(await register("a", SECOND, inMajor("1"))).toEqual([4, 4]);
  });

  test("has a group for versions without the property", async () => {
    const { register, told, refused } = openApi();
    await told("PUT /config/a", { compatibilityGroup: "major" });
    await register("a", FIRST);
    expect(await refused("POST /subjects/a/versions", sent(WITHOUT_DEFAULT))).toEqual([409, 40901]);
  });
});

describe("reserved fields", () => {
  const reserving = (...names: string[]) => ({ metadata: { properties: { "confluent:reserved": names.join(", ") } } });

  test("are not used, and stay reserved, where fields are validated", async () => {
    const { register, told, ask } = openApi();
    await told("PUT /config/a", { validateFields: true, compatibility: "NONE" });
    await register("a", FIRST, reserving("x", "b"));
    const using = await ask("POST /subjects/a/versions", sent(SECOND, reserving("x", "b")));
    expect([using.status, JSON.stringify(using.body)]).toEqual([409, expect.stringContaining("reserved field b.")]);
    const giving = await ask("POST /subjects/a/versions", sent(SECOND, reserving("x")));
    expect([giving.status, JSON.stringify(giving.body)]).toEqual([
      409,
      expect.stringContaining("reserved field b removed"),
    ]);
    expect(JSON.stringify(giving.body)).toContain("{validateFields: 'true', compatibility: 'NONE'}");
    await told("PUT /config/a", { validateFields: false });
    expect(await register("a", SECOND, reserving("x"))).toEqual([2, 2]);
  });
});
