import type { Look } from "../leaf.ts";
import type { LeafNode } from "../leaf-of.ts";
import type { EnumNode } from "../schema.ts";

/** A form in which values of a leaf are taken, with what only JavaScript has: a string, a Date. */
export interface Form {
  readonly look: Look;
  readonly text: string;
}

/**
 * In which forms a leaf other than an enum is taken: as JSON, as it is decoded, and as what JSON can be made of without
 * knowing the schema. So bytes are taken from any Uint8Array, and a moment from a Date; a day of the calendar is not.
 */
export function formsOf(node: Exclude<LeafNode, EnumNode>): readonly Form[] {
  switch (node.logical?.kind) {
    case "decimal":
    case "uuid":
    case "duration":
      return [STRING];
    case "date":
      return [STRING, NUMBER];
    case "time":
      return [...whole(node), STRING];
    case "timestamp":
    case "local-timestamp":
      return [DATE, STRING, ...whole(node)];
    default:
      return node.type === "long" ? [...whole(node), ...(node.bigint ? [STRING] : [])] : PLAIN[node.type];
  }
}

const STRING: Form = { look: "string", text: "string" };
const NUMBER: Form = { look: "number", text: "number" };
const BIGINT: Form = { look: "number", text: "bigint" };
const DATE: Form = { look: "date", text: "Date" };
const BYTES: readonly Form[] = [{ look: "bytes", text: "Uint8Array" }, STRING];
/** JSON has no numbers for these. */
const NOT_FINITE: readonly Form[] = ['"NaN"', '"Infinity"', '"-Infinity"'].map((text) => ({ look: "string", text }));

/** The form itself, and those that JSON makes of it: bytes are text there, and so are moments and large numbers. */
export function formsInJson(form: Form): readonly Form[] {
  switch (form.text) {
    case "Uint8Array":
    case "Date":
      return [form, STRING];
    case "bigint":
      return [form, NUMBER, STRING];
    default:
      return [form];
  }
}

const PLAIN = {
  null: [{ look: "null", text: "null" }],
  boolean: [{ look: "boolean", text: "boolean" }],
  int: [NUMBER],
  float: [NUMBER, ...NOT_FINITE],
  double: [NUMBER, ...NOT_FINITE],
  bytes: BYTES,
  fixed: BYTES,
  string: [STRING],
} as const satisfies Record<string, readonly Form[]>;

function whole(node: Exclude<LeafNode, EnumNode>): readonly Form[] {
  return "bigint" in node && node.bigint ? [BIGINT, NUMBER] : [NUMBER];
}
