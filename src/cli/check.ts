import { Command, InvalidArgumentError, Option } from "commander";
import { REPORT_SCHEMA } from "../gate/index.ts";
import { mend } from "./check/mend.ts";
import { type CheckRequest, openCheck } from "./check/open-check.ts";
import { FORMATS_HELP, type FormatWanted, fails, formatIn, wanted, writeReport } from "./check/output.ts";
import { withExamples } from "./example.ts";
import { Found } from "./exit.ts";
import type { Io } from "./io.ts";

/** More of each topic would be a copy of it in memory. */
const DATA_MAX = 100_000;

interface Options {
  readonly against: readonly string[];
  readonly format: readonly FormatWanted[];
  readonly json?: boolean;
  readonly jsonSchema?: boolean;
  readonly fix?: boolean;
  readonly strict?: boolean;
  readonly data?: number;
}

/** Compares the schemas with what there was before, and tells every break. */
export const checkCommand = (io: Io): Command =>
  withExamples(
    new Command("check")
      .description("Find what a change of the schemas would break, with line, proof and fix.")
      .argument("[subjects...]", "subjects, topics or event types to look at; all where none is named")
      .addOption(
        new Option(
          "--against <base>",
          "what to compare with: git (the merge base with the default branch), git:REVISION, registry, lock, or a folder; repeatable",
        )
          .argParser((base, before: readonly string[]) => [...before, base])
          .default([], "git, and lock where schemas.lock.json is there"),
      )
      .addOption(
        new Option("--format <name[=file]>", `how to answer: ${FORMATS_HELP}; with a file, there; repeatable`)
          .argParser(formatIn)
          .default([], "text"),
      )
      .option("--json", "print the report as one JSON document: --format json")
      .option("--json-schema", "print the JSON Schema of that document, and check nothing")
      .option("--fix", "make the edits that mend findings, and check again")
      .option("--strict", "fail for warnings too")
      .addOption(
        new Option("--data <count>", "read the newest events of each topic with the new schema, too").argParser(
          countIn,
        ),
      )
      .action((subjects: string[], options: Options) => check(io, subjects, options)),
    [
      ["sluice check", "what this branch changes, against where it left the default branch"],
      ["sluice check orders.order.created.v1 --fix", "one topic, and mend what can be mended"],
      ["sluice check --against registry --against git:v1.4", "all registered versions, and a release"],
      ["sluice check orders.order.created.v1 --data 1000", "how many of the last 1,000 events it cannot read"],
      ["sluice check --format github --format sarif=report.sarif", "annotations, and a file for code scanning"],
    ],
  );

async function check(io: Io, subjects: readonly string[], options: Options): Promise<void> {
  if (options.jsonSchema) {
    io.out(`${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`);
    return;
  }
  const start = performance.now();
  const { against, data } = options;
  const formats = wanted(options); // Before anything is read, or mended.
  const request: CheckRequest = { subjects, against, ...(data !== undefined && { data }) };
  const run = await openCheck(io, request);
  let report = await run.report();
  if (options.fix) report = await mend(io, report, run);
  const context = { ...run.context, strict: options.strict ?? false, tookMs: performance.now() - start };
  await writeReport(io, report, { formats, context });
  if (fails(report, context.strict)) throw new Found();
}

function countIn(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= DATA_MAX) return Number(text);
  throw new InvalidArgumentError(`It is a number from 1 to ${DATA_MAX}.`);
}
