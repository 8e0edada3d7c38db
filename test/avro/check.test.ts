import { describe, expect, test } from "bun:test";
import type { InvalidValue } from "../../src/avro/index.ts";
import { codecOf, fieldCodec, problemsOf, thrownBy } from "./support.ts";

const order = codecOf({
  type: "record",
  name: "orders.Order",
  fields: [
    { name: "order_id", type: "string" },
    { name: "total_cents", type: "long" },
    { name: "note", type: ["null", "string"], default: null },
    {
      name: "items",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Item",
          fields: [
            { name: "sku", type: "string" },
            { name: "quantity", type: "int" },
          ],
        },
      },
    },
    { name: "labels", type: { type: "map", values: "int" }, default: {} },
  ],
});

const right = { order_id: "1", total_cents: 1, items: [] };

describe("a value that does not fit", () => {
  test("is refused with everything that is wrong, each at its place", () => {
    const value = {
      total_cents: "12",
      notte: "x",
      items: [{ sku: "a", quantity: 1 }, { sku: 5, quantity: 1.5 }, 7],
      labels: { "a/b~c": "x" },
    };
    expect(problemsOf(order, value)).toEqual({
      "/order_id": "missing field `order_id`: expected a string",
      "/total_cents": 'expected a whole number within ±9007199254740991 (long), found the string "12"',
      "/items/1/sku": "expected a string, found the number 5",
      "/items/1/quantity": "expected a whole number from -2147483648 to 2147483647 (int), found the number 1.5",
      "/items/2": "expected an object (orders.Item), found the number 7",
      "/labels/a~1b~0c": 'expected a whole number from -2147483648 to 2147483647 (int), found the string "x"',
      "/notte": "unknown field `notte`; did you mean `note`?",
    });
  });

  test("tells expected and found apart from the sentence", () => {
    const error = thrownBy(() => order.encode({ ...right, order_id: null }));
    expect((error as InvalidValue).problems).toEqual([
      { pointer: "/order_id", expected: "a string", found: "null", message: "expected a string, found null" },
    ]);
  });

  test("is told in short, however long its names are", () => {
    const names = Array.from({ length: 40 }, (_, index) => `${index}${"n".repeat(100_000)}`);
    const unknown = Object.fromEntries(names.map((name) => [name, 1]));
    const labels = Object.fromEntries(names.map((name) => [name, "x"]));
    const error = thrownBy(() => order.encode({ ...right, ...unknown, labels })) as InvalidValue;
    expect(error.problems).toHaveLength(80);
    expect(error.problems[0]?.pointer).toBe(`/labels/0${"n".repeat(199)}…`);
    expect(error.problems[40]?.pointer).toBe(`/0${"n".repeat(199)}…`);
    expect(JSON.stringify(error.problems).length + error.message.length).toBeLessThan(100_000);
  });

  test("has pointers that name keys of up to 200 characters in full", () => {
    const key = "~".repeat(200);
    expect(Object.keys(problemsOf(order, { ...right, [key]: 1 }))).toEqual([`/${"~0".repeat(200)}`]);
  });

  test("lists a hundred problems, and says when there are more", () => {
    const codec = codecOf({ type: "array", items: "int" });
    const error = thrownBy(() => codec.encode(Array(1_000_000).fill("x"))) as InvalidValue;
    expect(error.problems).toHaveLength(100);
    expect(error.more).toBeTrue();
    expect(error.message).toEndWith("; and more");
    expect((thrownBy(() => codec.encode(["x"])) as InvalidValue).more).toBeFalse();
  });

  test.each([[null], ["x"], [5], [[]], [new Date(0)], [Buffer.of(1)], [undefined], [() => 1]])(
    "%p is no record",
    (value) => {
      expect(problemsOf(order, value)[""]).toStartWith("expected an object (orders.Order), found");
    },
  );
});

describe("fields nobody declared", () => {
  test("are refused, not dropped, with what may have been meant", () => {
    expect(problemsOf(order, { ...right, orderId: "1" })).toEqual({
      "/orderId": "unknown field `orderId`; did you mean `order_id`?",
    });
    expect(problemsOf(order, { ...right, zzz: 1 })).toEqual({ "/zzz": "unknown field `zzz`" });
  });

  test("are refused also where their value is undefined or their name is one that objects inherit", () => {
    expect(Object.keys(problemsOf(order, { ...right, zzz: undefined }))).toEqual(["/zzz"]);
    expect(Object.keys(problemsOf(order, { ...right, constructor: 1 }))).toEqual(["/constructor"]);
  });

  test("are refused when they are called `__proto__`, at any depth", () => {
    expect(
      Object.keys(
        problemsOf(order, JSON.parse('{"order_id":"1","total_cents":1,"items":[],"__proto__":{"note":"x"}}')),
      ),
    ).toEqual(["/__proto__"]);
    const item = JSON.parse('{"sku":"a","quantity":1,"__proto__":null}');
    expect(Object.keys(problemsOf(order, { ...right, items: [item] }))).toEqual(["/items/0/__proto__"]);
  });

  test("cost little even when their names are long", () => {
    const start = performance.now();
    const names = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`n${index}${"n".repeat(10_000)}`, 1]),
    );
    expect(Object.keys(problemsOf(order, { ...right, ...names }))).toHaveLength(100);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

/** A recursive schema lets a client choose how deep the stack goes. */
describe("deep nesting", () => {
  const list = codecOf({
    type: "record",
    name: "List",
    fields: [{ name: "next", type: ["null", "List"], default: null }],
  });
  const nested = (levels: number) => {
    let value: object = {};
    for (let level = 1; level < levels; level++) value = { next: value };
    return value;
  };

  test("of a thousand levels is encoded and decoded", () => {
    expect(list.encode(list.decode(list.encode(nested(1_000))))).toHaveLength(1_000);
  });

  test("of more is refused, and leaves the codec in order", () => {
    const problems = problemsOf(list, nested(10_000));
    expect(Object.values(problems)).toEqual(["nested deeper than 1000 levels"]);
    expect(list.encode(nested(1_000))).toHaveLength(1_000);
  });

  test("does not matter where the schema is not recursive", () => {
    let value: unknown = 1;
    for (let level = 0; level < 100_000; level++) value = [value];
    expect(problemsOf(fieldCodec("int"), { f: value })).toEqual({
      "/f": "expected a whole number from -2147483648 to 2147483647 (int), found an array of 1",
    });
  });
});

test("an array of nulls is as long as a decoder would take it", () => {
  const codec = codecOf({ type: "array", items: "null" });
  expect(codec.decode(codec.encode(Array(100_000).fill(null)))).toHaveLength(100_000);
  expect(problemsOf(codec, Array(100_001).fill(null))[""]).toContain("more than 100000 items that take no bytes");
});
