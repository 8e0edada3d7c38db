import { Command } from "commander";
import { loadCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { planSchemas } from "../registry/index.ts";
import { withRegistry } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { Refused } from "./exit.ts";
import type { Io } from "./io.ts";
import { reasonsOf, stepRow } from "./schema-steps.ts";
import { columns } from "./table.ts";

/** Shows what `sluice apply` would do, and changes nothing. */
export const planCommand = (io: Io): Command =>
  withExamples(
    new Command("plan")
      .description("Show what registering the schemas would do, and what the registry would refuse.")
      .option(...JSON_OPTION)
      .option("--allow-lowering", "let a subject's compatibility level become weaker")
      .action((options: { json?: boolean; allowLowering?: boolean }) => plan(io, options)),
    [
      ["sluice plan", "exit 0 where `sluice apply` would succeed, 1 where something is refused"],
      ["sluice plan --json", "the same as JSON, for a check in CI"],
    ],
  );

async function plan(io: Io, { json, allowLowering }: { json?: boolean; allowLowering?: boolean }): Promise<void> {
  const config = readConfig(io.env);
  const catalog = await loadCatalog(config.schemasDir);
  const { steps, refused, changes } = await withRegistry(config, (registry) =>
    planSchemas(registry, catalog, { allowLowering: allowLowering ?? false }),
  );
  if (json) io.out(`${JSON.stringify({ changes, refused: refused.length, steps }, null, 2)}\n`);
  else {
    io.out(columns(steps.map((step) => stepRow(step, refused))));
    for (const step of refused) io.out(reasonsOf(step));
    io.out(`\n${conclusion(refused.length, changes)}\n`);
  }
  if (refused.length > 0) throw new Refused();
}

function conclusion(refused: number, changes: boolean): string {
  if (refused > 0) return "Refused: nothing would be registered.";
  return changes ? "`sluice apply` does this." : "Nothing to do.";
}
