import { describe, expect, test } from "bun:test";
import { bytes, codecOf, decodeErrorOf, problemsOf, roundTrip } from "./support.ts";

const logical = (type: string, logicalType: string, rest: object = {}) => codecOf({ type, logicalType, ...rest });

describe("timestamp-millis", () => {
  const codec = logical("long", "timestamp-millis");

  test.each([
    ["2026-11-21T01:42:09.719Z", 1795225329719],
    ["2026-11-21T03:42:09.719+02:00", 1795225329719],
    ["2026-11-20 20:42:09,719-0500", 1795225329719],
    ["1970-01-01T00:00Z", 0],
    ["1969-12-31T23:59:59.999000000Z", -1],
    ["0000-01-01T00:00:00Z", -62167219200000],
    ["+012345-01-01T00:00:00z", Date.UTC(12345, 0, 1)],
    [1795225329719, 1795225329719],
    [new Date(1795225329719), 1795225329719],
  ])("takes %p, and is a Date once decoded", (value, ms) => {
    expect(roundTrip(codec, value)).toEqual(new Date(ms));
  });

  test.each([
    ["2026-11-21T01:42:09", "found no zone"],
    ["2026-11-21T01:42:09.7195Z", "it would be rounded"],
    ["2026-02-30T00:00:00Z", "expected a date and time"],
    ["2026-13-01T00:00:00Z", "expected a date and time"],
    ["2026-11-21T24:00:00Z", "expected a date and time"],
    ["2026-11-21T23:60:00Z", "expected a date and time"],
    ["2026-11-21T23:00:00+24:00", "expected a date and time"],
    ["2026-11-21", "expected a date and time"],
    ["yesterday", "expected a date and time"],
    [1.5, "expected a date and time"],
    [8.64e15 + 1, "found the number 8640000000000001: beyond ±8640000000000000 (years -271821 to 275760)"],
    [1e18, "found the number 1000000000000000000: beyond ±8640000000000000 (years -271821 to 275760)"],
    [new Date(Number.NaN), "a Date that is invalid"],
    [true, "expected a date and time"],
  ])("does not take %p", (value, reason) => {
    expect(problemsOf(codec, value)[""]).toContain(reason);
  });

  test("beyond what a Date holds is an error, not an invalid Date", () => {
    expect(decodeErrorOf(() => codec.decode(codecOf("long").encode(8.64e15 + 1)))).toBe("DATE_OUT_OF_RANGE");
  });

  test("is a bigint where the schema says so", () => {
    const wide = logical("long", "timestamp-millis", { jsType: "bigint" });
    expect(roundTrip(wide, "1970-01-01T00:00:01Z")).toBe(1000n);
    expect(roundTrip(wide, new Date(5))).toBe(5n);
  });
});

test("timestamp-micros and -nanos are numbers, exact to their last digit, or bigints", () => {
  expect(roundTrip(logical("long", "timestamp-micros"), "2026-11-21T01:42:09.719123Z")).toBe(1795225329719123);
  expect(roundTrip(logical("long", "timestamp-micros"), new Date(5))).toBe(5_000);
  const nanos = logical("long", "timestamp-nanos", { jsType: "bigint" });
  expect(roundTrip(nanos, "2026-11-21T01:42:09.719123456Z")).toBe(1795225329719123456n);
  expect(roundTrip(nanos, "1795225329719123456")).toBe(1795225329719123456n);
});

test("a nanosecond that a number cannot hold is refused, and the message says how to have it", () => {
  expect(problemsOf(logical("long", "timestamp-nanos"), "2026-11-21T01:42:09Z")[""]).toContain('"jsType": "bigint"');
});

test("local timestamps have no zone; Z is taken because their Date prints with one", () => {
  const codec = logical("long", "local-timestamp-millis");
  const value = roundTrip(codec, "2026-11-21T01:42:09.719");
  expect(value).toEqual(new Date("2026-11-21T01:42:09.719Z"));
  expect(roundTrip(codec, JSON.parse(JSON.stringify(value)))).toEqual(value);
  expect(problemsOf(codec, "2026-11-21T01:42:09+02:00")[""]).toContain("without a zone");
  expect(roundTrip(logical("long", "local-timestamp-micros"), "1970-01-01T00:00:00.000001")).toBe(1);
});

describe("date", () => {
  const codec = logical("int", "date");

  test.each([
    ["2026-01-31", "2026-01-31"],
    ["1969-12-31", "1969-12-31"],
    ["2024-02-29", "2024-02-29"],
    ["+012345-01-01", "+012345-01-01"],
    [0, "1970-01-01"],
    [new Date(86_400_000), "1970-01-02"],
  ])("takes %p, and is %p once decoded", (value, text) => {
    expect(roundTrip(codec, value)).toBe(text);
  });

  test.each(["2023-02-29", "2026-1-31", "2026-01-31T00:00:00Z", 1.5, 100_000_001, "-000000-01-01", null])(
    "does not take %p",
    (value) => {
      expect(problemsOf(codec, value)[""]).toStartWith("expected a date like 2026-01-31");
    },
  );

  test("beyond what a Date holds is an error", () => {
    expect(decodeErrorOf(() => codec.decode(bytes("feffffff0f")))).toBe("DATE_OUT_OF_RANGE");
  });
});

test("time-millis and time-micros are numbers since midnight", () => {
  expect(roundTrip(logical("int", "time-millis"), "13:45:30.123")).toBe(49530123);
  expect(roundTrip(logical("int", "time-millis"), "13:45")).toBe(49500000);
  expect(roundTrip(logical("long", "time-micros"), "23:59:59.999999")).toBe(86399999999);
  expect(roundTrip(logical("long", "time-micros", { jsType: "bigint" }), "00:00:00.000001")).toBe(1n);
});

test.each(["24:00", "13:45:60", "13:45:30.1234", "1:45", 86_400_000, -1, 1.5])(
  "time-millis does not take %p",
  (value) => {
    expect(problemsOf(logical("int", "time-millis"), value)).not.toBeEmpty();
  },
);
