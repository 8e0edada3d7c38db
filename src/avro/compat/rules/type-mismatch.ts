import { branchName, type Node } from "../../schema.ts";
import { kindOf, type Rule } from "../finding.ts";
import { either } from "../listed.ts";
import { shown } from "../shown.ts";

/** What each type may be read as besides itself (Avro spec, Schema Resolution: promotions). */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  int: ["long", "float", "double"],
  long: ["float", "double"],
  float: ["double"],
  string: ["bytes"],
  bytes: ["string"],
};

export const typeMismatch: Rule = {
  id: "TYPE_MISMATCH",
  purpose: "A type stays what it is, or becomes one that it can be promoted to.",
  source: "Avro specification, Schema Resolution: promotions",
  check(reader, writer) {
    if (reader.type === writer.type || PROMOTIONS[writer.type]?.includes(reader.type)) return undefined;
    return {
      message: () => `reader type: ${kindOf(reader)} not compatible with writer type: ${kindOf(writer)}`,
      cause: () =>
        `the data ${writer.type === "null" ? "may hold" : "holds"} ${shown(writer)}, and the reader expects ${shown(reader)}`,
      advice: () => advice(reader, writer),
    };
  },
};

function advice(reader: Node, writer: Node): string {
  if (writer.type === "null") return `let the type be a union with \`null\`, as in ["null", "${branchName(reader)}"]`;
  const promoted = PROMOTIONS[writer.type];
  const keep = `keep ${shown(writer)}`;
  return promoted === undefined
    ? `${keep}, and put the new type into a new field, with a default`
    : `${keep}, or make it ${either(promoted)}, which can read it; put any other type into a new field, with a default`;
}
