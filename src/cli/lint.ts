import { Command, Option } from "commander";
import { readConfig } from "../config.ts";
import { lintCatalog } from "../gate/index.ts";
import { chosen, contextOf, gateSettings, readFolder, repositoryOf, today } from "./check/open-check.ts";
import { FORMATS_HELP, type FormatWanted, fails, formatIn, wanted, writeReport } from "./check/output.ts";
import { withExamples } from "./example.ts";
import { Found } from "./exit.ts";
import type { Io } from "./io.ts";

interface Options {
  readonly format: readonly FormatWanted[];
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Looks at the style of the schemas. */
export const lintCommand = (io: Io): Command =>
  withExamples(
    new Command("lint")
      .description("Find what reads badly in the schemas, or will cost somebody a day: names, docs, money, moments.")
      .argument("[subjects...]", "subjects, topics or event types to look at; all where none is named")
      .addOption(
        new Option("--format <name[=file]>", `how to answer: ${FORMATS_HELP}; with a file, there; repeatable`)
          .argParser(formatIn)
          .default([], "text"),
      )
      .option("--json", "print the report as one JSON document: --format json")
      .option("--strict", "fail for warnings too")
      .action((subjects: string[], options: Options) => lint(io, subjects, options)),
    [
      ["sluice lint", "exit 100 where something is found; gate.yaml turns rules off, or into warnings"],
      ["sluice explain lint", "the rules, and why they are there"],
      ["sluice lint --format github --strict", "annotations in a pull request, warnings included"],
    ],
  );

async function lint(io: Io, subjects: readonly string[], options: Options): Promise<void> {
  const start = performance.now();
  const dir = readConfig(io.env).schemasDir;
  const settings = gateSettings(dir);
  const reading = readFolder(dir);
  const only = subjects.length === 0 ? undefined : chosen(subjects, reading, []);
  const report = lintCatalog({ reading, settings, today: today(), ...(only && { only }) });
  const context = {
    ...contextOf(io, {
      command: ["sluice lint", ...subjects].join(" "),
      root: repositoryOf(dir),
      text: (file) => reading.places.text(file),
    }),
    strict: options.strict ?? false,
    tookMs: performance.now() - start,
  };
  await writeReport(io, report, { formats: wanted(options), context });
  if (fails(report, context.strict)) throw new Found();
}
