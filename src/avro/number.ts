import { type Leaf, MISFIT, Refusal, WIRES } from "./leaf.ts";
import { shown } from "./shown.ts";

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
/** What a JavaScript number holds exactly, in words. */
export const LONG_SAFE = "within ±9007199254740991";
const FLOAT_MAX = 3.4028234663852886e38;

/** JSON has no words for these numbers; they are written as strings, as Avro's own JSON encoding does. */
export const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

export const intLeaf: Leaf<number> = {
  expected: "a whole number from -2147483648 to 2147483647 (int)",
  wire: WIRES.int,
  looks: ["number"],
  takes: [],
  convert: (value) => (typeof value === "number" && (value | 0) === value ? value : MISFIT),
};

export const longLeaf: Leaf<number> = {
  expected: `a whole number ${LONG_SAFE} (long)`,
  wire: WIRES.long,
  looks: ["number"],
  takes: [],
  convert: longOf,
};

/** A long whose type or field says `"jsType": "bigint"`. */
export const bigintLeaf: Leaf<bigint> = {
  expected: `a whole number of 64 bits: a number ${LONG_SAFE}, or a string of digits (long)`,
  wire: WIRES.bigint,
  looks: ["number"],
  takes: ["string"],
  convert: bigintOf,
};

export const floatLeaf: Leaf<number> = {
  expected: "a number within ±3.4028235e38 (float)",
  wire: WIRES.float,
  looks: ["number"],
  takes: ["string"],
  convert(value) {
    const number = doubleOf(value);
    if (number instanceof Refusal || Math.abs(number) <= FLOAT_MAX || !Number.isFinite(number)) return number;
    // Up to half a step above the largest float, rounding still ends at the largest float.
    return Number.isFinite(Math.fround(number)) ? number : MISFIT;
  },
};

export const doubleLeaf: Leaf<number> = {
  expected: "a number (double)",
  wire: WIRES.double,
  looks: ["number"],
  takes: ["string"],
  convert: doubleOf,
};

/** A number that a JavaScript number holds exactly; one beyond ±(2^53-1) may have been rounded by JSON.parse already. */
export function longOf(value: unknown): number | Refusal {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return value;
    return Number.isInteger(value) ? unsafe(value) : MISFIT;
  }
  if (typeof value !== "bigint") return MISFIT;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : unsafe(value);
}

/** 64 bits, from a number that is exact, a bigint, or a string of digits. */
export function bigintOf(value: unknown): bigint | Refusal {
  if (typeof value === "bigint") return inRange(value);
  if (typeof value === "string") return /^-?\d{1,19}$/.test(value) ? inRange(BigInt(value)) : MISFIT;
  if (typeof value !== "number" || !Number.isInteger(value)) return MISFIT;
  if (Number.isSafeInteger(value)) return BigInt(value);
  return new Refusal(
    `expected a whole number ${LONG_SAFE}, found ${shown(value)}: a JSON number that large may have been rounded; send it as a string of digits`,
  );
}

function inRange(value: bigint): bigint | Refusal {
  return value >= LONG_MIN && value <= LONG_MAX ? value : MISFIT;
}

function doubleOf(value: unknown): number | Refusal {
  if (typeof value === "string") return Object.hasOwn(NOT_FINITE, value) ? (NOT_FINITE[value] ?? MISFIT) : MISFIT;
  if (typeof value !== "number") return MISFIT;
  if (value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY) return value;
  // JSON.parse makes Infinity of 1e400 without a word, so the number alone does not say that infinity is meant.
  return new Refusal(
    `expected a number (double), found ${shown(value)}: beyond what a double holds; where infinity is meant, send the string "${value}"`,
  );
}

function unsafe(value: number | bigint): Refusal {
  return new Refusal(
    `expected a whole number ${LONG_SAFE} (long), found ${shown(value)}: a JavaScript number cannot hold it exactly; declare the field with "jsType": "bigint" and send it as a string of digits`,
  );
}
