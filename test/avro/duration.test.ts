import { expect, test } from "bun:test";
import { bytes, codecOf, problemsOf, roundTrip } from "./support.ts";

const codec = codecOf({ type: "fixed", name: "D", size: 12, logicalType: "duration" });

test("a duration is months, days and milliseconds, little-endian", () => {
  expect(codec.encode("P1M2DT3.004S")).toEqual(bytes("01000000 02000000 bc0b0000"));
});

test.each([
  ["P1M2DT3.004S", "P1M2DT3.004S"],
  ["P1Y", "P12M"],
  ["P2W1D", "P15D"],
  ["PT1H1M1S", "PT3661S"],
  ["PT0S", "PT0S"],
  ["P1DT0,5S", "P1DT0.5S"],
])("%s comes back as %s", (value, text) => {
  expect(roundTrip(codec, value)).toBe(text);
});

test.each(["P", "PT", "P1H", "1M", "-P1M", "P1.5D", "PT1.0001S", "P4294967296D", 5, null])(
  "%p is no duration",
  (value) => {
    expect(problemsOf(codec, value)).not.toBeEmpty();
  },
);
