import { appendFile } from "node:fs/promises";
import { dirname } from "node:path";
import { InvalidArgumentError } from "commander";
import { nearest } from "../../avro/index.ts";
import { FORMATS, type FormatContext, type FormatName, type Report } from "../../gate/index.ts";
import { CommandFailed } from "../exit.ts";
import type { Io } from "../io.ts";
import { writeWhole } from "../write-whole.ts";

/** A format that was asked for, and the file that it goes to; standard output without one. */
export interface FormatWanted {
  readonly name: FormatName;
  readonly file?: string;
}

const NAMES = Object.keys(FORMATS);

/** For `--help`. */
export const FORMATS_HELP = NAMES.join(", ");

/** `github`, or `sarif=report.sarif`; each is one more. */
export function formatIn(text: string, before: readonly FormatWanted[]): readonly FormatWanted[] {
  const at = text.indexOf("=");
  const [name, file] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (!isFormat(name)) {
    const near = nearest(name, NAMES);
    throw new InvalidArgumentError(near === undefined ? `It is one of ${FORMATS_HELP}.` : `Did you mean ${near}?`);
  }
  if (file === "") throw new InvalidArgumentError("The name of a file is missing behind =.");
  return [...before, { name, ...(file !== undefined && { file }) }];
}

const isFormat = (name: string): name is FormatName => NAMES.includes(name);

/** The formats that the options ask for. @throws CommandFailed where two would go to the standard output. */
export function wanted({
  format,
  json,
}: {
  readonly format: readonly FormatWanted[];
  readonly json?: boolean;
}): readonly FormatWanted[] {
  const isThere = format.some(({ name, file }) => name === "json" && file === undefined);
  const formats = json && !isThere ? [...format, { name: "json" as const }] : format;
  const [here, ...others] = formats.filter(({ file }) => file === undefined);
  if (here === undefined || others.length === 0) return formats;
  const names = [here, ...others].map(({ name }) => name).join(" and ");
  throw new CommandFailed(`${names} cannot share the standard output; give one a file: --format ${here.name}=FILE.`);
}

/** Whether a report fails the command. */
export const fails = ({ findings }: Report, strict: boolean): boolean =>
  findings.some(({ severity }) => severity === "error" || (strict && severity === "warning"));

/** Writes a report in every format asked for: files whole or not at all, one format to standard output. */
export async function writeReport(
  io: Io,
  report: Report,
  { formats, context }: { readonly formats: readonly FormatWanted[]; readonly context: FormatContext },
): Promise<void> {
  const here = formats.find(({ file }) => file === undefined)?.name ?? "text";
  for (const { name, file } of formats) {
    if (file !== undefined) writeFor(file, FORMATS[name].write(report, { ...context, colours: false }));
  }
  const format = FORMATS[here];
  io.out(format.write(report, here === "text" ? context : { ...context, colours: false }));
  const summary = format.summary?.(report, context);
  const summaryFile = io.env.GITHUB_STEP_SUMMARY;
  if (summary === undefined || !summaryFile) return;
  // The report is told already, and its exit code counts for more than where else it was to stand.
  await appendFile(summaryFile, summary).catch(({ code }: NodeJS.ErrnoException) =>
    io.err(`warning: ${summaryFile}, which GITHUB_STEP_SUMMARY names, can't be written: ${code}\n`),
  );
}

/** Writes a file whole or not at all. */
export function writeFor(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // Node's own errors have a code.
    const reason = code === "ENOENT" ? `there is no folder ${dirname(file)}` : String(code ?? error);
    throw new CommandFailed(`${file} can't be written: ${reason}.`, { cause: error });
  }
}
