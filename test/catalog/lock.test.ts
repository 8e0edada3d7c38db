import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { COMPATIBILITY_LEVELS } from "../../src/avro/index.ts";
import {
  type Lock,
  LockError,
  type LockedReference,
  type LockedVersion,
  lockFingerprint,
  lockText,
  parseLock,
} from "../../src/catalog/index.ts";

const locked = (text: string, version: number, id: number, references: readonly LockedReference[] = []) =>
  ({ version, id, text, references, fingerprint: lockFingerprint(text) }) satisfies LockedVersion;

const MONEY = '{"type":"record","name":"s.Money","fields":[]}';
const PRICED = '{"type":"record","name":"Done","fields":[{"name":"price","type":"s.Money"}]}';
const LOCK: Lock = {
  subjects: new Map([
    ["z.z.done.v1-value", { versions: [locked('"string"', 2, 4)] }],
    ["s.Money", { level: "FULL", versions: [locked(MONEY, 1, 1)] }],
    [
      "a.b.done.v1-value",
      {
        level: "BACKWARD",
        versions: [locked(PRICED, 1, 2, [{ name: "s.Money", subject: "s.Money", version: 1 }]), locked(MONEY, 3, 1)],
      },
    ],
  ]),
};

const TEXT = `{
  "lock": 1,
  "subjects": {
    "a.b.done.v1-value": {
      "level": "BACKWARD",
      "versions": [
        { "version": 1, "id": 2, "schema": "${lockFingerprint(PRICED)}", "references": [{ "name": "s.Money", "subject": "s.Money", "version": 1 }] },
        { "version": 3, "id": 1, "schema": "${lockFingerprint(MONEY)}" }
      ]
    },
    "s.Money": {
      "level": "FULL",
      "versions": [
        { "version": 1, "id": 1, "schema": "${lockFingerprint(MONEY)}" }
      ]
    },
    "z.z.done.v1-value": {
      "versions": [
        { "version": 2, "id": 4, "schema": "${lockFingerprint('"string"')}" }
      ]
    }
  },
  "schemas": {
${[MONEY, PRICED]
  .map((text) => `    "${lockFingerprint(text)}": ${text}`)
  .concat(`    "${lockFingerprint('"string"')}": "\\"string\\""`)
  .toSorted((a, b) => (a < b ? -1 : 1))
  .join(",\n")}
  }
}
`;

/** What is wrong with a lock, one line each. */
function problemsOf(text: string): string[] {
  try {
    parseLock(text);
    return [];
  } catch (error) {
    if (error instanceof LockError) return error.message.split("\n");
    throw error;
  }
}

test("subjects and schemas stand in order, each schema once and on one line", () => {
  expect(lockText(LOCK)).toBe(TEXT);
});

test("what is written is read again, with the line ends of Windows too", () => {
  // Maps are equal in whatever order.
  expect(parseLock(TEXT)).toEqual(LOCK);
  expect(parseLock(`\uFEFF${TEXT.replaceAll("\n", "\r\n")}`)).toEqual(LOCK);
  expect(lockText({ subjects: new Map() })).toBe('{\n  "lock": 1,\n  "subjects": {},\n  "schemas": {}\n}\n');
  expect(parseLock(lockText({ subjects: new Map() })).subjects.size).toBe(0);
});

test("any texts come back as they were, whether they are compact JSON, other JSON or none", () => {
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('{"a": 1.0}', '{"b":1,"1":2}', "[1]", '{"__proto__":1}'),
  );
  const subject = fc.record({
    level: fc.option(fc.constantFrom(...COMPATIBILITY_LEVELS), { nil: undefined }),
    versions: fc.array(text, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), subject), (given) => {
      const subjects = Object.entries(given).map(([name, { level, versions }]) => {
        const list = versions.map((one, index) => locked(one, index + 1, index));
        return [name, { ...(level && { level }), versions: list }] as const;
      });
      const lock: Lock = { subjects: new Map(subjects) };
      const read = parseLock(lockText(lock));
      expect(new Map(read.subjects)).toEqual(new Map(lock.subjects));
      expect(lockText(read)).toBe(lockText(lock));
    }),
  );
});

describe("a lock that is not right is told with its line", () => {
  test.each([
    ["no JSON", TEXT.replace('"lock": 1,', '"lock": 1'), ['schemas.lock.json:3:3: syntax: expected ","']],
    ["an empty file", "", ["schemas.lock.json:1:1: the file is empty"]],
    [
      "another format",
      TEXT.replace('"lock": 1', '"lock": 2'),
      [/^schemas.lock.json:2:11: expected a lock of format 1.*newer Sluice$/],
    ],
    ["something else", "[]", [/^schemas.lock.json:1:1: expected a lock/]],
    ["a level that is none", TEXT.replace('"FULL"', '"FULLY"'), ["schemas.lock.json:12:16: no level of compatibility"]],
    [
      "a schema that was edited",
      TEXT.replace('"name":"price"', '"name":"cost"'),
      [/: this schema is not the one of its fingerprint/],
    ],
    [
      "a schema that is gone",
      TEXT.replace(/"schema": "\w+", "ref/, '"schema": "", "ref'),
      [/^schemas.lock.json:7:44: there is no schema of this fingerprint below/],
    ],
    [
      "a reference to nothing",
      TEXT.replace('"s.Money", "version": 1', '"s.Money", "version": 7'),
      [/^schemas.lock.json:7:\d+: the lock has no version 7 of s.Money/],
    ],
    [
      "versions out of order",
      TEXT.replace('"version": 3', '"version": 1'),
      ["schemas.lock.json:8:9: version 1 comes after version 1"],
    ],
    [
      "a version without an id",
      TEXT.replace('"version": 3, "id": 1', '"version": 3'),
      ['schemas.lock.json:8:9: expected { "version": 1, "id": 1, "schema": "<fingerprint>" }'],
    ],
    [
      "a subject that is here twice",
      TEXT.replace('"z.z.done.v1-value"', '"s.Money"'),
      ['schemas.lock.json:17:5: "s.Money" is here twice'],
    ],
    [
      "a subject without versions",
      TEXT.replace(/"versions": \[\s*\{ "version": 2.*\s*\]/, '"versions": []'),
      [/^schemas.lock.json:17:26: expected \{ "versions"/],
    ],
  ])("%s", (_what, text, expected) => {
    const matching = expected.map((one) => (typeof one === "string" ? one : expect.stringMatching(one)));
    expect(problemsOf(text)).toEqual(matching);
  });

  test("a merge conflict, once, at its first marker", () => {
    const conflict = TEXT.replace(/( {8}\{ "version": 3.*\n)/, "<<<<<<< HEAD\n$1=======\n$1>>>>>>> other\n");
    expect(problemsOf(conflict)).toEqual([
      "schemas.lock.json:8:1: a merge conflict that is not resolved: take the file as the default branch has it; or delete it, and `sluice apply` writes it anew",
    ]);
  });
});
