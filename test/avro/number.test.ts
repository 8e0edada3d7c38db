import { describe, expect, test } from "bun:test";
import avsc from "avsc";
import { bytes, codecOf, decodeErrorOf, fieldCodec, problemsOf, roundTrip } from "./support.ts";

/** Amounts, counters and ids are longs. A client that rounds one changes money without anybody seeing it. */
describe("a long", () => {
  const long = codecOf("long");

  test.each([
    2 ** 52,
    -(2 ** 52) - 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    -4503599627370497,
    2 ** 30,
    -(2 ** 30) - 1,
  ])("of %d comes back as it was", (value) => expect(roundTrip(long, value)).toBe(value));

  test("below -(2^52) is right here, and wrong in avsc 5.7.9", () => {
    const encoded = codecOf({ type: "long", jsType: "bigint" }).encode(-4503599627370497n);
    expect(avsc.Type.forSchema("long").fromBuffer(encoded)).toBe(4503599627370496);
    expect(long.decode(encoded)).toBe(-4503599627370497);
  });

  test("beyond ±(2^53-1) is refused, and the message says how to have it", () => {
    expect(problemsOf(long, JSON.parse("9007199254740993"))[""]).toBe(
      'expected a whole number within ±9007199254740991 (long), found the number 9007199254740992: a JavaScript number cannot hold it exactly; declare the field with "jsType": "bigint" and send it as a string of digits',
    );
  });

  test.each(["ffffffffffffffffff01", "feffffffffffffffff01", "80808080808080 20", "81808080808080 20"])(
    "of bytes %s, beyond ±(2^53-1), is not decoded to another number",
    (hex) => expect(decodeErrorOf(() => long.decode(bytes(hex)))).toBe("UNSAFE_LONG"),
  );

  test.each([[1.5], ["1"], [true], [null], [[]], [{}], [Number.NaN]])("is not %p", (value) => {
    expect(problemsOf(long, value)[""]).toContain("expected a whole number");
  });

  test("takes a bigint that a number holds", () => {
    expect(roundTrip(long, 5n)).toBe(5);
    expect(problemsOf(long, 2n ** 53n)[""]).toContain("cannot hold it exactly");
  });
});

describe('a long with "jsType": "bigint"', () => {
  const codecs = {
    "on the type": fieldCodec({ type: "long", jsType: "bigint" }),
    "on the field": fieldCodec("long", { jsType: "bigint" }),
    "on the field of a union": fieldCodec(["null", "long"], { jsType: "bigint" }),
  };

  test.each(Object.entries(codecs))("%s is a bigint, whatever its size", (_where, codec) => {
    expect(roundTrip(codec, { f: 7 })).toEqual({ f: 7n });
    expect(roundTrip(codec, { f: "-9223372036854775808" })).toEqual({ f: -(2n ** 63n) });
    expect(roundTrip(codec, { f: 2n ** 63n - 1n })).toEqual({ f: 2n ** 63n - 1n });
  });

  test("does not take a number that JSON.parse may have rounded", () => {
    expect(problemsOf(codecs["on the type"], JSON.parse('{"f": 9223372036854775807}'))["/f"]).toContain(
      "send it as a string of digits",
    );
  });

  test.each(["9223372036854775808", "1e3", "1.0", "", " 1", "0x10", 2n ** 63n, 1.5])("is not %p", (f) => {
    expect(problemsOf(codecs["on the type"], { f })["/f"]).toContain("expected a whole number of 64 bits");
  });
});

test.each([2 ** 31, -(2 ** 31) - 1, 1.5, "1", Number.NaN, 5n])("an int is not %p", (value) => {
  expect(problemsOf(codecOf("int"), value)[""]).toContain("(int), found");
});

describe("floats and doubles", () => {
  test("are NaN and infinite as numbers in JavaScript, as strings in JSON", () => {
    for (const codec of [codecOf("float"), codecOf("double")]) {
      expect(roundTrip(codec, "NaN")).toBeNaN();
      expect(roundTrip(codec, Number.NaN)).toBeNaN();
      expect(roundTrip(codec, "Infinity")).toBe(Number.POSITIVE_INFINITY);
      expect(roundTrip(codec, "-Infinity")).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  test("do not take a JSON number that was too large for JSON.parse", () => {
    expect(problemsOf(codecOf("double"), JSON.parse("1e400"))[""]).toContain('send the string "Infinity"');
  });

  test("a float beyond its range is refused, where it would become infinite", () => {
    expect(roundTrip(codecOf("float"), 3.4028234663852886e38)).toBe(3.4028234663852886e38);
    expect(problemsOf(codecOf("float"), 3.5e38)[""]).toBe(
      "expected a number within ±3.4028235e38 (float), found the number 3.5e+38",
    );
  });

  test.each(["1.5", "nan", true, null])("are not %p", (value) => {
    expect(problemsOf(codecOf("double"), value)[""]).toContain("expected a number (double)");
  });
});
