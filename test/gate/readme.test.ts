import { test } from "bun:test";
import { join } from "node:path";
import { type CatalogReading, filesIn, readCatalog } from "../../src/catalog/index.ts";
import {
  type Base,
  checkCatalog,
  FORMATS,
  GATE_DEFAULTS,
  gateSettingsTable,
  rulesTable,
} from "../../src/gate/index.ts";
import { expectPrinted } from "../support/page.ts";
import { ROOT } from "../support/sluice.ts";
import { base } from "./check/support.ts";

const FILE = "schemas/orders.order.created/v1.avsc";

test("the gate's README lists exactly the settings that gate.yaml takes", () =>
  expectPrinted("src/gate/README.md", "gate-settings", gateSettingsTable()));

test("the gate's README lists exactly the rules that there are", () =>
  expectPrinted("src/gate/README.md", "rules", rulesTable()));

test("the gate's README shows what check prints of a change of this repository", async () => {
  const before = await schemas((text) => text);
  // A field comes without a default, and the note goes.
  const now = await schemas((text) =>
    text
      .replace(/ {4}\{\s*"name": "note",[^}]*\},\n/, "")
      .replace(
        '"fields": [\n',
        '"fields": [\n    { "name": "channel", "type": "string", "doc": "Where it was placed." },\n',
      ),
  );
  const report = checkCatalog({
    reading: now,
    bases: [ofCommit(base("git:main", before), "4f1c09a")],
    readers: [
      {
        group: "order-projection",
        file: "workers/order-projection.ts",
        topic: "orders.order.created.v1",
        schema: undefined,
      },
    ],
    settings: GATE_DEFAULTS,
    today: "2026-11-21",
  });
  const context = { command: "sluice check", prefix: "", colours: false, strict: false, text: now.places.text };
  const printed = FORMATS.text.write(report, context);
  await expectPrinted("src/gate/README.md", "example", `\`\`\`\n$ sluice check\n${printed}\`\`\``);
  // The first page has the finding that fails the check; the other one is news to who knows the gate.
  const [first = ""] = printed.split("\n\n");
  await expectPrinted("README.md", "check", `\`\`\`\n${first}\n\`\`\``);
});

/** A base of git names its versions by their commits. */
function ofCommit(one: Base, label: string): Base {
  const subjects = [...one.subjects].map(([subject, history]) => {
    const versions = history.versions.map(({ version: _version, ...rest }) => ({ ...rest, label }));
    return [subject, { ...history, versions }] as const;
  });
  return { ...one, subjects: new Map(subjects) };
}

/** The schemas of this repository, with another text of one. */
async function schemas(change: (text: string) => string): Promise<CatalogReading> {
  const files = new Map<string, Uint8Array>();
  for (const name of new Bun.Glob("schemas/**/*.{avsc,yaml}").scanSync(ROOT)) {
    const text = await Bun.file(join(ROOT, name)).text();
    files.set(name, new TextEncoder().encode(name === FILE ? change(text) : text));
  }
  return readCatalog("schemas", filesIn(files));
}
