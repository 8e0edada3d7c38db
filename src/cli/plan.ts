import { join } from "node:path";
import { Command } from "commander";
import { CatalogError, LOCK_FILE, readCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { breakTeller } from "../gate/index.ts";
import { driftText, planSchemas, type SchemaPlan } from "../registry/index.ts";
import { withRegistry } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, EXIT_CODES, Refused } from "./exit.ts";
import type { Io } from "./io.ts";
import { readLock } from "./lock-file.ts";
import {
  driftSection,
  isRolledBack,
  isUntested,
  lockText,
  meantText,
  reasonsOf,
  removedText,
  stepRow,
} from "./schema-steps.ts";
import { columns } from "./table.ts";

interface Options {
  readonly json?: boolean;
  readonly allowLowering?: boolean;
  readonly prune?: boolean;
  readonly failOnChanges?: boolean;
}

/** Shows what `sluice apply` would do, and changes nothing. */
export const planCommand = (io: Io): Command =>
  withExamples(
    new Command("plan")
      .description("Show what registering the schemas would do, what would be refused, and what others have changed.")
      .option(...JSON_OPTION)
      .option("--allow-lowering", "let a subject's compatibility level become weaker")
      .option("--prune", "delete subjects that were registered from the folder and are not in it any more")
      .option("--fail-on-changes", `exit ${EXIT_CODES.unfinished.code} where \`sluice apply\` would change something`)
      .action((options: Options) => plan(io, options)),
    [
      ["sluice plan", "exit 0 where `sluice apply` would succeed, 1 where something is refused"],
      ["sluice plan --fail-on-changes", "for a job that watches over what is not applied yet"],
      ["sluice plan --json", "the same as JSON, for a check in CI"],
    ],
  );

async function plan(io: Io, { json, allowLowering, prune, failOnChanges }: Options): Promise<void> {
  const config = readConfig(io.env);
  const { catalog, places, problems } = readCatalog(config.schemasDir);
  if (problems.length > 0) throw new CatalogError(problems);
  const lock = await readLock(catalog.dir);
  const tell = breakTeller(places);
  const planned = await withRegistry(config, (registry) =>
    planSchemas(registry, catalog, { allowLowering: allowLowering ?? false, prune: prune ?? false, lock, tell }),
  );
  io.out(
    json
      ? `${JSON.stringify(jsonOf(planned), null, 2)}\n`
      : textOf(planned, { lockFile: join(catalog.dir, LOCK_FILE), prune: prune ?? false }),
  );
  if (planned.refused.length > 0) throw new Refused();
  if (failOnChanges && planned.changes) throw new CommandFailed("", { exitCode: EXIT_CODES.unfinished.code });
}

function textOf(
  { steps, refused, changes, removed, compared }: SchemaPlan,
  { lockFile, prune }: { readonly lockFile: string; readonly prune: boolean },
): string {
  const going = new Set(steps.filter(({ kind }) => kind === "delete").map(({ subject }) => subject));
  return [
    columns(steps.map((step) => stepRow(step, refused))),
    ...refused.map((step) => reasonsOf(step)),
    meantText(refused),
    ...steps.filter((step) => isRolledBack(step) || isUntested(step)).map((step) => reasonsOf(step)),
    removedText(
      removed.filter(({ subject }) => !going.has(subject)),
      prune,
    ),
    driftSection(compared),
    lockText(compared, lockFile),
    `\n${conclusion(refused.length, changes)}\n`,
  ].join("");
}

function jsonOf({ steps, refused, changes, removed, compared }: SchemaPlan): object {
  const { drift, lock, stale } = compared;
  return {
    changes,
    refused: refused.length,
    steps,
    removed,
    drift: drift.map((one) => ({ ...one, message: driftText(one) })),
    lock: { state: lock, stale },
  };
}

function conclusion(refused: number, changes: boolean): string {
  if (refused > 0) return "Refused: nothing would be registered.";
  return changes ? "`sluice apply` does this." : "Nothing to do.";
}
