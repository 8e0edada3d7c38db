import { DecodeError } from "./errors.ts";
import { type Leaf, MISFIT, Refusal, WIRES } from "./leaf.ts";
import type { FixedNode } from "./schema.ts";
import { shown } from "./shown.ts";
import { fixedWire } from "./text.ts";

export interface DecimalType {
  readonly precision: number;
  readonly scale: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/**
 * A decimal: a string in JSON and in JavaScript, since a JSON number would be rounded before anybody could check it.
 * On the wire it is the unscaled number, two's complement, big-endian: as few bytes as it needs, or all of a fixed.
 */
export function decimalLeaf(decimal: DecimalType, fixed?: FixedNode): Leaf<Buffer> {
  const { precision, scale } = decimal;
  const expected = `a decimal in a string, like "${exampleDecimal(decimal)}": at most ${precision} digits, ${scale} of them after the point`;
  return {
    expected,
    wire: fixed ? fixedWire(fixed) : WIRES.bytes,
    looks: ["string"],
    takes: [],
    convert(value) {
      const unscaled = unscaledOf(value, decimal);
      if (typeof unscaled === "bigint") return bytesOfBigint(unscaled, fixed?.size);
      if (typeof value !== "number") return unscaled;
      return new Refusal(`expected ${expected}, found ${shown(value)}: put it in quotes, so that nothing rounds it`);
    },
    present: (bytes) => decimalText(bytes, decimal, scale),
  };
}

/** The digits of a decimal with `shownScale` of them after the point, which is the type's own scale or more. */
export function decimalText(bytes: Buffer, { precision, scale }: DecimalType, shownScale: number): string {
  // A number of a million digits would take minutes to print; no writer with this precision writes that many bytes.
  const bytesMax = Math.ceil((precision * Math.log2(10) + 1) / 8);
  const significant = withoutSignBytes(bytes);
  if (bytes.length === 0) throw new DecodeError("CORRUPT", "a decimal of no bytes");
  if (significant.length > bytesMax) {
    throw new DecodeError(
      "CORRUPT",
      `a decimal of ${significant.length} bytes; precision ${precision} needs ${bytesMax}`,
    );
  }
  const unsigned = BigInt(`0x${significant.toString("hex")}`);
  const unscaled = BigInt.asIntN(significant.length * 8, unsigned);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).padEnd(shownScale, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? "-" : ""}${whole}${shownScale === 0 ? "" : `.${scale === 0 ? "0".repeat(shownScale) : fraction}`}`;
}

/** A decimal that fits the type. */
export function exampleDecimal({ precision, scale }: DecimalType): string {
  const whole = "12".slice(0, Math.min(2, precision - scale)) || "0";
  return scale === 0 ? whole : `${whole}.${"34".slice(0, scale).padEnd(scale, "0")}`;
}

function unscaledOf(value: unknown, { precision, scale }: DecimalType): bigint | Refusal {
  const [, sign, whole = "", fraction = ""] = typeof value === "string" ? (DECIMAL.exec(value) ?? []) : [];
  if (whole === "") return MISFIT;
  // Zeros at the end of the fraction change nothing and may go; any other digit would have to be rounded.
  const kept = fraction.slice(0, scale).padEnd(scale, "0");
  if (/[1-9]/.test(fraction.slice(scale))) return MISFIT;
  const digits = (whole + kept).replace(/^0+/, "");
  if (digits.length > precision) return MISFIT;
  const unscaled = BigInt(digits === "" ? "0" : digits);
  return sign === "-" ? -unscaled : unscaled;
}

function bytesOfBigint(value: bigint, size: number | undefined): Buffer {
  const length = size ?? bytesNeeded(value);
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, "0");
  return Buffer.from(hex, "hex");
}

/** One bit more than the number has, for the sign; at least one byte. */
function bytesNeeded(value: bigint): number {
  const magnitude = value < 0n ? -value - 1n : value;
  const bits = magnitude === 0n ? 0 : magnitude.toString(2).length;
  return Math.floor(bits / 8) + 1;
}

/** Without the leading bytes that only repeat the sign. */
function withoutSignBytes(bytes: Buffer): Buffer {
  const sign = (bytes[0] ?? 0) & 0x80 ? 0xff : 0;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === sign && ((bytes[start + 1] ?? 0) & 0x80) === (sign & 0x80))
    start++;
  return bytes.subarray(start);
}
