import { Command } from "commander";
import { compareFiles } from "./compat/files.ts";
import { compareLines } from "./compat/lines.ts";
import { comparisonJson, comparisonText } from "./compat/output.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, Found } from "./exit.ts";
import type { Io } from "./io.ts";

interface Options {
  readonly reference: readonly string[];
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

/** Compares two schemas, whatever they are schemas of: a file with a file, or thousands of pairs in lines. */
export const compatCommand = (io: Io): Command =>
  withExamples(
    new Command("compat")
      .description("Tell whether one schema reads what another one writes, and every reason why not.")
      .argument("[reader]", "the file of the schema that has to read: the new one, for BACKWARD")
      .argument("[writer]", "the file of the schema that the data was written with: the old one, for BACKWARD")
      .option(
        "--reference <file>",
        "a schema whose types both may use by name; repeatable",
        (file: string, before: readonly string[]) => [...before, file],
        [],
      )
      .option(...JSON_OPTION)
      .option("--jsonl", 'read pairs from standard input, a line {"id", "reader", "writer"} each, and answer in lines')
      .action((reader: string | undefined, writer: string | undefined, options: Options) =>
        compat(io, { reader, writer, ...options }),
      ),
    [
      ["sluice compat new.avsc old.avsc", "can the new schema read what was written with the old one?"],
      ["sluice compat old.avsc new.avsc", "and can those who still have the old one read the new data?"],
      ["sluice compat v2.avsc v1.avsc --reference money.avsc", "both use types of money.avsc"],
      ["sluice compat --jsonl < pairs.jsonl", "as many pairs as there are, in their order"],
    ],
  );

type Request = Options & { readonly reader: string | undefined; readonly writer: string | undefined };

async function compat(io: Io, { reader, writer, reference, json, jsonl }: Request): Promise<void> {
  if (jsonl) {
    if (reader !== undefined || reference.length > 0) {
      throw new CommandFailed("with --jsonl both schemas come in lines on standard input: leave the files out.");
    }
    await compareLines(io);
    return;
  }
  if (reader === undefined || writer === undefined) {
    throw new CommandFailed(
      "two files are needed, the reader's schema and the writer's: `sluice compat new.avsc old.avsc`. See `sluice compat --help`.",
    );
  }
  const comparison = await compareFiles({ reader, writer, references: reference });
  io.out(json ? `${JSON.stringify(comparisonJson(comparison))}\n` : comparisonText(comparison));
  if (comparison.breaks.length > 0) throw new Found();
}
