import { describe, expect, test } from "bun:test";
import { bytes, codecOf, decodeErrorOf, problemsOf, roundTrip } from "./support.ts";

const price = { type: "bytes", logicalType: "decimal", precision: 6, scale: 2 };
const wide = { type: "fixed", name: "Wide", size: 4, logicalType: "decimal", precision: 9, scale: 3 };

describe("a decimal", () => {
  test.each([
    ["12.34", "12.34", "0404d2"],
    ["-12.34", "-12.34", "04fb2e"],
    ["0", "0.00", "0200"],
    ["-0.01", "-0.01", "02ff"],
    ["1.28", "1.28", "040080"],
    ["-1.28", "-1.28", "0280"],
    ["9999.99", "9999.99", "060f423f"],
    ["+1.5", "1.50", "040096"],
    ["0001.500", "1.50", "040096"],
  ])("of %s is %s, in as few bytes as it needs", (value, text, hex) => {
    expect(codecOf(price).encode(value)).toEqual(bytes(hex));
    expect(codecOf(price).decode(bytes(hex))).toBe(text);
  });

  test.each([
    ["1.005", "2 of them after the point"],
    ["10000.00", "at most 6 digits"],
    ["1e3", "a decimal in a string"],
    ["", "a decimal in a string"],
    [".5", "a decimal in a string"],
    ["NaN", "a decimal in a string"],
    [12.34, "put it in quotes"],
    [5, "put it in quotes"],
    [null, "a decimal in a string"],
  ])("is never rounded: %p is refused", (value, reason) => {
    expect(problemsOf(codecOf(price), value)[""]).toContain(reason);
  });

  test("on a fixed fills its bytes with the sign", () => {
    expect(codecOf(wide).encode("-0.001")).toEqual(bytes("ffffffff"));
    expect(roundTrip(codecOf(wide), "-123456.789")).toBe("-123456.789");
  });

  test("of more precision than its fixed can hold is no decimal, as the specification says", () => {
    expect(roundTrip(codecOf({ ...wide, precision: 10 }), "AAAAAQ==")).toEqual(Buffer.of(0, 0, 0, 1));
    expect(roundTrip(codecOf({ ...price, scale: 7 }), "AQ==")).toEqual(Buffer.of(1));
  });

  test("without a scale is whole", () => {
    expect(roundTrip(codecOf({ type: "bytes", logicalType: "decimal", precision: 3 }), "-999")).toBe("-999");
  });

  test("written by others with bytes that only repeat the sign is read", () => {
    expect(codecOf(price).decode(bytes("06 0004d2"))).toBe("12.34");
    expect(codecOf(price).decode(bytes("06 fffb2e"))).toBe("-12.34");
  });

  test("of no bytes, or of more than its precision needs, is corrupt, and takes no time", () => {
    expect(decodeErrorOf(() => codecOf(price).decode(bytes("00")))).toBe("CORRUPT");
    const huge = codecOf("bytes").encode(Buffer.alloc(10_000_000, 1));
    expect(decodeErrorOf(() => codecOf(price).decode(huge))).toBe("CORRUPT");
  });
});
