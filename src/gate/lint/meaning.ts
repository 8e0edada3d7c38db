import type { Field, Node } from "../../avro/index.ts";
import { snake } from "./names.ts";
import type { LintRule } from "./rule.ts";

const MONEY = words("price|amount|total|subtotal|cost|fee|tax|balance|salary|discount|refund|revenue|budget|payment");
/** Amounts that are counted already: a long holds them as they are. */
const SMALLEST_UNIT = words("cent|penny|pence|ore|rappen|minor|minor_unit|micro", "$");
const MOMENT = words("at|timestamp|ts|time|datetime", "$");
const DAY = words("date|day|birthday", "$");
const PERSONAL = words(
  "email|phone|mobile|first_name|last_name|full_name|surname|birth|birthday|birth_date|ssn|iban|passport|street|postal_code|zip|zip_code|ip|ip_address",
);

export const moneyFloat: LintRule = {
  id: "MONEY_FLOAT",
  check(part) {
    if (part.kind !== "field" || !MONEY.test(snake(part.field.name))) return [];
    const found = leavesOf(part.field.type).find(({ type }) => type === "float" || type === "double");
    if (found === undefined) return [];
    const name = snake(part.field.name);
    const help = SMALLEST_UNIT.test(name)
      ? `Make it a long: ${name} counts the smallest unit already.`
      : `Make it a long of the smallest unit (${name}_cents), or {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}.`;
    return [
      {
        below: ["type"],
        message: `${part.field.name} looks like money and is a ${found.type}, which cannot hold 0.1`,
        help,
      },
    ];
  },
};

export const timestampLogical: LintRule = {
  id: "TIMESTAMP_LOGICAL",
  check(part) {
    if (part.kind !== "field") return [];
    const name = snake(part.field.name);
    const kind = MOMENT.test(name) ? "moment" : DAY.test(name) ? "day" : undefined;
    const found = leavesOf(part.field.type).find(({ type }) => ["int", "long", "string"].includes(type));
    if (kind === undefined || found === undefined || hasLogicalType(found)) return [];
    const wanted =
      kind === "moment"
        ? '{"type": "long", "logicalType": "timestamp-millis"}'
        : '{"type": "int", "logicalType": "date"}';
    return [
      {
        below: ["type"],
        message: `${part.field.name} looks like a ${kind} and is a plain ${found.type}: nothing says in which unit, or how it is written`,
        help: `Make it ${wanted}; workers see ${kind === "moment" ? "a Date" : "a day"}.`,
      },
    ];
  },
};

export const piiTag: LintRule = {
  id: "PII_TAG",
  check(part) {
    if (part.kind !== "field" || !PERSONAL.test(snake(part.field.name))) return [];
    const { attributes, name, type } = part.field;
    if ("pii" in attributes || "confluent:tags" in attributes || leavesOf(type).length === 0) return [];
    return [
      {
        below: ["name"],
        message: `${name} looks like personal data and does not say so`,
        help: `Say "pii": true, or "confluent:tags": ["PII"], for those who must find and delete it; "pii": false where it is none.`,
      },
    ];
  },
};

/** The plain types of a field, those in a union, an array or a map too; what a record holds is asked about by itself. */
function leavesOf(node: Node): readonly Exclude<Node, { type: "record" | "array" | "map" | "union" }>[] {
  switch (node.type) {
    case "union":
      return node.branches.flatMap(leavesOf);
    case "array":
      return leavesOf(node.items);
    case "map":
      return leavesOf(node.values);
    case "record":
    case "enum":
      return [];
    default:
      return node.type === "null" ? [] : [node];
  }
}

const hasLogicalType = (node: { readonly attributes: Field["attributes"] }): boolean =>
  "logicalType" in node.attributes;

/** One of the words, between underscores or the ends of a name. */
function words(list: string, end = "(_|$)"): RegExp {
  return new RegExp(`(^|_)(${list})s?${end}`);
}
