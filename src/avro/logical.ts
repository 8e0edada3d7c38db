import type { JsonObject } from "./schema.ts";

/** The units after which Avro names its times. */
export type TimeUnit = "millis" | "micros" | "nanos";

/** A logical type that is known and fits its underlying type. */
export type LogicalType =
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "uuid" }
  | { readonly kind: "date" }
  | { readonly kind: "time"; readonly unit: "millis" | "micros" }
  | { readonly kind: "timestamp"; readonly unit: TimeUnit }
  | { readonly kind: "local-timestamp"; readonly unit: TimeUnit }
  | { readonly kind: "duration" };

/** The specification's name for it. */
export function logicalName(logical: LogicalType): string {
  return "unit" in logical ? `${logical.kind}-${logical.unit}` : logical.kind;
}

const BY_NAME: Readonly<Record<string, { readonly on: readonly string[]; readonly logical: LogicalType }>> = {
  date: { on: ["int"], logical: { kind: "date" } },
  "time-millis": { on: ["int"], logical: { kind: "time", unit: "millis" } },
  "time-micros": { on: ["long"], logical: { kind: "time", unit: "micros" } },
  "timestamp-millis": { on: ["long"], logical: { kind: "timestamp", unit: "millis" } },
  "timestamp-micros": { on: ["long"], logical: { kind: "timestamp", unit: "micros" } },
  "timestamp-nanos": { on: ["long"], logical: { kind: "timestamp", unit: "nanos" } },
  "local-timestamp-millis": { on: ["long"], logical: { kind: "local-timestamp", unit: "millis" } },
  "local-timestamp-micros": { on: ["long"], logical: { kind: "local-timestamp", unit: "micros" } },
  "local-timestamp-nanos": { on: ["long"], logical: { kind: "local-timestamp", unit: "nanos" } },
};

/**
 * The logical type that these attributes give to the type. One that is unknown, or does not fit, is no logical type:
 * "language implementations must ignore unknown logical types … and use the underlying type" (Avro specification).
 */
export function logicalOf(type: string, attributes: JsonObject): LogicalType | undefined {
  const { logicalType: name, size } = attributes;
  if (typeof name !== "string") return undefined;
  if (name === "decimal") return decimalOf(type, attributes);
  if (name === "uuid" && (type === "string" || (type === "fixed" && size === 16))) return { kind: "uuid" };
  if (name === "duration" && type === "fixed" && size === 12) return { kind: "duration" };
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  return known?.on.includes(type) ? known.logical : undefined;
}

/** How many decimal digits a signed number of this many bytes can always hold (Avro specification, Decimal). */
export function digitsOfBytes(size: number): number {
  return size === 0 ? 0 : Math.floor(Math.log10(2) * (8 * size - 1));
}

function decimalOf(type: string, attributes: JsonObject): LogicalType | undefined {
  const { precision, scale = 0, size } = attributes;
  if (type !== "bytes" && type !== "fixed") return undefined;
  if (!isWhole(precision) || precision === 0 || !isWhole(scale) || scale > precision) return undefined;
  if (type === "fixed" && precision > digitsOfBytes(isWhole(size) ? size : 0)) return undefined;
  return { kind: "decimal", precision, scale };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
