import { describe, expect, test } from "bun:test";
import { codecOf, problemsOf, roundTrip } from "./support.ts";

describe("bytes", () => {
  const codec = codecOf("bytes");

  test("are base64 in JSON, a Buffer once decoded, and any Uint8Array is taken", () => {
    expect(roundTrip(codec, "AP8=")).toEqual(Buffer.of(0, 255));
    expect(roundTrip(codec, new Uint8Array([1, 2]))).toEqual(Buffer.of(1, 2));
    expect(roundTrip(codec, "")).toEqual(Buffer.of());
  });

  test.each(["AP8", "A===", "AP9=", "-_==", "nøt", 5, [1, 2]])("are not %p", (value) => {
    expect(problemsOf(codec, value)[""]).toStartWith("expected bytes: a string in base64, found");
  });
});

test("a fixed has just its bytes", () => {
  const codec = codecOf({ type: "fixed", name: "Hash", size: 3 });
  expect(roundTrip(codec, "AQID")).toEqual(Buffer.of(1, 2, 3));
  expect(problemsOf(codec, "AQ==")).toEqual({ "": "expected 3 bytes: a string in base64 (Hash), found 1 byte" });
  expect(problemsOf(codec, "AQI=")).toEqual({ "": "expected 3 bytes: a string in base64 (Hash), found 2 bytes" });
});

test("an enum takes its symbols, and says what may have been meant", () => {
  const codec = codecOf({ type: "enum", name: "o.Currency", symbols: ["EUR", "USD"] });
  expect(roundTrip(codec, "USD")).toBe("USD");
  expect(problemsOf(codec, "EURO")[""]).toBe(
    "expected one of EUR, USD (o.Currency), found `EURO`; did you mean `EUR`?",
  );
  expect(problemsOf(codec, "constructor")[""]).toBe(
    'expected one of EUR, USD (o.Currency), found the string "constructor"',
  );
});

test("a string with half a surrogate pair is refused, since UTF-8 cannot say it", () => {
  expect(problemsOf(codecOf("string"), JSON.parse('"a\\ud800"'))[""]).toContain("half a surrogate pair");
  expect(problemsOf(codecOf({ type: "map", values: "int" }), { "\ud800": 1 })).not.toBeEmpty();
});

test("a string may hold NUL and anything else that Unicode has", () => {
  expect(roundTrip(codecOf("string"), "a\u0000b\uffff😀")).toBe("a\u0000b\uffff😀");
});

test("long found values are shortened", () => {
  expect(problemsOf(codecOf("int"), "x".repeat(1_000))[""]).toEndWith(`"${"x".repeat(60)}…"`);
});
