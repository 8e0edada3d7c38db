import { describe, expect, test } from "bun:test";
import { codecOf, problemsOf, roundTrip } from "./support.ts";

const record = (name: string, ...fields: string[]) => ({
  type: "record",
  name,
  fields: fields.map((field) => ({ name: field, type: "int" })),
});

describe("a union whose branches look different", () => {
  const codec = codecOf(["null", "string", "int", "boolean", { type: "array", items: "int" }, record("a.R", "x")]);

  test.each([[null], ["text"], [5], [true], [[1, 2]], [{ x: 1 }]])(
    "takes %p without a wrapper, and decodes it to the same",
    (value) => {
      expect(roundTrip(codec, value)).toEqual(value);
    },
  );

  test.each([
    [{ string: "text" }, "text"],
    [{ int: 5 }, 5],
    [{ array: [1] }, [1]],
    [{ "a.R": { x: 1 } }, { x: 1 }],
    [{ R: { x: 1 } }, { x: 1 }],
    [{ null: null }, null],
  ])("takes %p in its wrapper too", (value, unwrapped) => {
    expect(roundTrip(codec, value)).toEqual(unwrapped);
  });

  test("says what it takes where nothing fits", () => {
    expect(problemsOf(codecOf(["null", "string"]), 5)).toEqual({
      "": "expected null, or a string, found the number 5",
    });
    expect(problemsOf(codec, { int: "5" })).toEqual({
      "/int": 'expected a whole number from -2147483648 to 2147483647 (int), found the string "5"',
    });
  });
});

describe("a union whose branches look alike", () => {
  const numbers = codecOf(["int", "double", "null"]);

  test("decodes to a wrapper, and takes it", () => {
    expect(roundTrip(numbers, { double: 5 })).toEqual({ double: 5 });
    expect(roundTrip(numbers, null)).toBeNull();
  });

  test("takes a plain value that fits one branch only", () => {
    expect(roundTrip(numbers, 5.5)).toEqual({ double: 5.5 });
    const records = codecOf([record("a.A", "x"), record("a.B", "x", "y")]);
    expect(roundTrip(records, { x: 1, y: 2 })).toEqual({ "a.B": { x: 1, y: 2 } });
    expect(roundTrip(records, { A: { x: 1 } })).toEqual({ "a.A": { x: 1 } });
  });

  test("asks which is meant where more than one fits", () => {
    expect(problemsOf(numbers, 5)).toEqual({
      "": 'more than one branch of the union fits: say which, as {"int": …} or {"double": …}',
    });
  });

  test("tells what is wrong with the branch that comes nearest", () => {
    const records = codecOf([record("A", "x", "y", "z"), record("B", "p", "q")]);
    expect(Object.keys(problemsOf(records, { x: 1, y: "2", z: 3 }))).toEqual(["/y"]);
  });

  test("knows a branch by its full name where two have one simple name", () => {
    const codec = codecOf([record("a.R", "x"), record("b.R", "x")]);
    expect(roundTrip(codec, { "b.R": { x: 1 } })).toEqual({ "b.R": { x: 1 } });
    expect(problemsOf(codec, { R: { x: 1 } })).not.toBeEmpty();
  });
});

test("a text goes to the branch that decodes to text; dates and bytes take their wrappers there", () => {
  const codec = codecOf(["string", "bytes"]);
  expect(roundTrip(codec, "AQID")).toBe("AQID");
  expect(roundTrip(codec, { bytes: "AQID" })).toEqual(Buffer.of(1, 2, 3));
  expect(roundTrip(codec, Buffer.of(1))).toEqual(Buffer.of(1));
});

test("a timestamp beside a string or a number is wrapped, since in JSON it is either", () => {
  const timestamp = { type: "long", logicalType: "timestamp-millis" };
  expect(roundTrip(codecOf(["null", timestamp]), "1970-01-01T00:00:00Z")).toEqual(new Date(0));
  expect(roundTrip(codecOf(["string", timestamp]), { long: 0 })).toEqual({ long: new Date(0) });
  expect(roundTrip(codecOf(["int", timestamp]), { int: 0 })).toEqual({ int: 0 });
});

test("what may be a wrapper or a map is never guessed", () => {
  const codec = codecOf(["string", { type: "map", values: "string" }]);
  expect(problemsOf(codec, { string: "x" })[""]).toContain("more than one branch");
  expect(roundTrip(codec, { map: { string: "x" } })).toEqual({ string: "x" });
  expect(roundTrip(codec, { other: "x" })).toEqual({ other: "x" });
});

/** Trying two branches at each of n levels, and both again for each level around, would take 2^n steps. */
test("deep values of ambiguous unions take no more than their size", () => {
  const link = { name: "next", type: ["null", "A", "B"], default: null };
  const codec = codecOf([
    { type: "record", name: "A", fields: [link, { name: "a", type: "int" }] },
    { type: "record", name: "B", fields: [link, { name: "b", type: "int" }] },
  ]);
  let value: object = { b: 1 };
  for (let level = 0; level < 500; level++) value = { next: value, a: level };
  const start = performance.now();
  expect(codec.encode(value).length).toBeGreaterThan(1_000);
  expect(performance.now() - start).toBeLessThan(2_000);
});
