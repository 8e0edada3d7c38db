import { test } from "bun:test";
import { parseSchema, typescriptOf } from "../../src/avro/index.ts";
import { topicSettingsTable } from "../../src/catalog/topic-file.ts";
import { expectPrinted } from "../support/page.ts";

test("the catalog's README lists exactly the settings that topic.yaml takes", async () => {
  await expectPrinted("src/catalog/README.md", "topic-settings", topicSettingsTable());
});

/** What a topic's types make of what its schema says. */
const TYPED: readonly (readonly [said: string, type: unknown, rest?: object])[] = [
  ['`["null", "string"]` with a default', ["null", "string"], { default: null }],
  ["`timestamp-millis`", { type: "long", logicalType: "timestamp-millis" }],
  ["`bytes`, `fixed`", "bytes"],
  ['`long` with `"jsType": "bigint"`', { type: "long", jsType: "bigint" }],
  ['`["null", "int", "long"]`', ["null", "int", "long"]],
  ['`["string", "bytes"]`', ["string", "bytes"]],
];

test("the catalog's README shows how the types for sending differ", async () => {
  const rows = TYPED.map(([said, type, rest = {}]) => {
    const schema = parseSchema({ type: "record", name: "R", fields: [{ name: "f", type, ...rest }] });
    const { output, input } = typescriptOf([{ schema, suffix: "" }]);
    const [of, forSending] = [output, input].map(({ declarations }) => memberIn(declarations));
    return `| ${said} | ${of} | ${forSending} |`;
  });
  const table = ["| in the schema | `Topics` | `TopicInputs` |", "|---|---|---|", ...rows].join("\n");
  await expectPrinted("src/catalog/README.md", "types", table);
});

/** The one member of a record's declaration, as a cell of a table. */
function memberIn(declarations: string): string {
  const [, member = ""] = /^ {2}readonly (f[\s\S]*?);$/m.exec(declarations) ?? [];
  return `\`${member
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(": |", ":")
    .replaceAll("|", "\\|")}\``;
}
