import type { Finding, FormatContext, Report } from "../../../src/gate/index.ts";

/** A file of schemas with something in it to point at. */
export const FILE = "schemas/orders.order.created/v1.avsc";
export const TEXT = `{
  "type": "record",
  "name": "OrderCreated",
  "fields": [
    { "name": "order_id", "type": "string" },
    { "name": "coupon", "type": "string" }
  ]
}
`;

/** A finding with all that one can have; tests say what is different in theirs. */
export function findingOf(different: Partial<Finding> = {}): Finding {
  return {
    rule: "READER_FIELD_MISSING_DEFAULT_VALUE",
    severity: "error",
    subject: "orders.order.created.v1-value",
    direction: "BACKWARD",
    path: "/fields/1",
    field: "coupon",
    message: "`coupon` has no default, and earlier records do not have it",
    help: "",
    place: placeOf('"coupon"'),
    against: [],
    groups: [],
    fingerprint: "3f0a11c2d4e5",
    ...different,
  };
}

/** Where a part of the text stands that is in it once. */
export function placeOf(part: string, { file = FILE, text = TEXT } = {}): Finding["place"] {
  const offset = text.indexOf(part);
  if (offset === -1) throw new Error(`${part} is not in the text`);
  const [start = "", end = ""] = [text.slice(0, offset), text.slice(0, offset + part.length)];
  return {
    file,
    line: start.split("\n").length,
    column: offset - start.lastIndexOf("\n"),
    endLine: end.split("\n").length,
    endColumn: end.length - end.lastIndexOf("\n"),
    offset,
    length: part.length,
  };
}

/** A report of these findings, compared with the main branch. */
export const reportOf = (findings: readonly Finding[], different: Partial<Report> = {}): Report => ({
  findings,
  ignored: [],
  subjects: [
    { subject: "orders.order.created.v1-value", file: FILE, status: "changed", level: "BACKWARD" },
    {
      subject: "orders.order.shipped.v1-value",
      file: "schemas/orders.order.shipped/v1.avsc",
      status: "unchanged",
      level: "FULL",
    },
  ],
  bases: [{ name: "git:main", subjects: 2, versions: 2, note: "" }],
  ...different,
});

export const contextOf = (different: Partial<FormatContext> = {}): FormatContext => ({
  command: "sluice check",
  text: (file) => (file === FILE ? TEXT : undefined),
  prefix: "",
  colours: false,
  strict: false,
  ...different,
});
