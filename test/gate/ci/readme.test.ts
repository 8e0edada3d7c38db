import { test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectPrinted } from "../../support/page.ts";
import { ROOT } from "../../support/sluice.ts";

const PAGE = ".github/actions/check/README.md";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
}

const action = Bun.YAML.parse(readFileSync(join(ROOT, ".github/actions/check/action.yml"), "utf8")) as Action; // GitHub's form.

test("the page lists every input with its default", async () => {
  const rows = Object.entries(action.inputs).map(
    ([name, input]) => `| \`${name}\` | ${input.default === "" ? "" : `\`${input.default}\``} | ${input.description} |`,
  );
  await expectPrinted(PAGE, "inputs", ["| input | default | what it is |", "|---|---|---|", ...rows].join("\n"));
});

test("the page lists every output", async () => {
  const rows = Object.entries(action.outputs).map(([name, { description }]) => `| \`${name}\` | ${description} |`);
  await expectPrinted(PAGE, "outputs", ["| output | what it is |", "|---|---|", ...rows].join("\n"));
});

test("the page shows the log of a check", async () => {
  const log = readFileSync(join(ROOT, "test/golden/gate/field-removed/github.txt"), "utf8");
  await expectPrinted(PAGE, "log", `\`\`\`\n${log}\`\`\``);
});
