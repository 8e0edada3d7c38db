import { Command } from "commander";
import { loadCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { applySchemas, type SchemasApplied } from "../registry/index.ts";
import { withRegistry } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { Refused } from "./exit.ts";
import type { Io } from "./io.ts";
import { reasonsOf, stepRow } from "./schema-steps.ts";
import { columns, counted } from "./table.ts";

/** Registers the schemas: levels first, then schemas in the order of their references, until the first refusal. */
export const applyCommand = (io: Io): Command =>
  withExamples(
    new Command("apply")
      .description("Register the schemas: levels first, references in order; stops at the first refusal.")
      .option(...JSON_OPTION)
      .option("--allow-lowering", "let a subject's compatibility level become weaker")
      .action((options: { json?: boolean; allowLowering?: boolean }) => apply(io, options)),
    [
      ["sluice apply", "once more changes nothing: what is registered already stays as it is"],
      ["SLUICE_SCHEMAS=../events sluice apply", "schemas of another folder"],
    ],
  );

async function apply(io: Io, { json, allowLowering }: { json?: boolean; allowLowering?: boolean }): Promise<void> {
  const config = readConfig(io.env);
  const catalog = await loadCatalog(config.schemasDir);
  const applied = await withRegistry(config, (registry) =>
    applySchemas(registry, catalog, { allowLowering: allowLowering ?? false }),
  );
  io.out(json ? `${JSON.stringify(jsonOf(applied), null, 2)}\n` : textOf(applied));
  if (applied.stopped) throw new Refused();
}

function textOf({ done, left, stopped }: SchemasApplied): string {
  const rows = columns(done.map((step) => stepRow(step)));
  if (stopped) {
    const untouched = left.length > 0 ? `, ${counted(left.length)} left` : "";
    return `${rows}${reasonsOf(stopped.step, stopped.messages)}\nRefused: ${counted(done.length)} done${untouched}.\n`;
  }
  const changed = done.filter((step) => step.kind === "level" || step.status !== "unchanged").length;
  return `${rows}\n${changed === 0 ? "Nothing to do: everything is registered." : `Done: ${counted(changed)} ${changed === 1 ? "change" : "changes"}.`}\n`;
}

/** An error is no JSON by itself: its kind and message say what it said. */
function jsonOf({ done, left, stopped }: SchemasApplied): object {
  if (!stopped) return { done, left };
  const { step, messages, error } = stopped;
  return {
    done,
    left,
    stopped: { step, messages, ...(error && { error: { kind: error.kind, message: error.message } }) },
  };
}
