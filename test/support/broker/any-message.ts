import fc from "fast-check";
import { type Api, type Fields, isFlexible } from "../../../src/broker/protocol/index.ts";

type AnyField = Fields[string];

/** Any message of this declaration in this version, with the default in every field that the version lacks. */
export const anyMessage = (fields: Fields, api: Api, version: number): fc.Arbitrary<Record<string, unknown>> =>
  structOf(fields, { version, flexible: isFlexible(api, version) });

/** Names that a broker under test has things by, so that messages get beyond the first look-up. */
export const LIKELY_NAMES = ["orders", "group", "member", "retention.ms", "PLAIN", ""];

interface Form {
  readonly version: number;
  readonly flexible: boolean;
}

const structOf = (fields: Fields, form: Form): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, anyOf(field, form)])));

function anyOf(field: AnyField, form: Form): fc.Arbitrary<unknown> {
  const { versions, nullable, tag } = field;
  const there = versions.first <= form.version && form.version <= versions.last;
  if (!there || (tag !== undefined && !form.flexible)) return fc.constant(zeroOf(field));
  const mayBeNull = nullable.first <= form.version && form.version <= nullable.last;
  return mayBeNull ? fc.option(presentOf(field, form), { nil: null, freq: 4 }) : presentOf(field, form);
}

function presentOf({ wire }: AnyField, form: Form): fc.Arbitrary<unknown> {
  switch (wire.kind) {
    case "array":
      return fc.array(presentOf(wire.of, form), { maxLength: 3 });
    case "struct":
      return structOf(wire.fields, form);
    case "string":
    case "fixedString":
      return fc.oneof(fc.constantFrom(...LIKELY_NAMES), fc.string({ unit: "grapheme", maxLength: 20 }));
    case "bytes":
    case "records":
      return fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
    case "uuid":
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("base64url"));
    case "bool":
      return fc.boolean();
    case "int64":
      return fc.oneof(fc.constantFrom(-2n, -1n, 0n, 1n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case "float64":
      return fc.double({ noNaN: true });
    default:
      return wholeOf(wire.kind);
  }
}

function wholeOf(kind: "int8" | "int16" | "uint16" | "int32" | "uint32"): fc.Arbitrary<number> {
  const bits = Number(kind.replace(/\D+/, ""));
  const min = kind.startsWith("u") ? 0 : -(2 ** (bits - 1));
  const any = fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(min + 2 ** bits - 1, 2 ** 31 - 1) });
  return fc.oneof(fc.integer({ min: Math.max(min, -1), max: 3 }), any);
}

function zeroOf({ wire, zero, nullable }: AnyField): unknown {
  if (wire.kind !== "struct" || nullable.last >= 0) return zero;
  return Object.fromEntries(Object.entries(wire.fields).map(([name, field]) => [name, zeroOf(field)]));
}
