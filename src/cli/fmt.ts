import { join, relative } from "node:path";
import { Command } from "commander";
import { plural } from "../avro/index.ts";
import { DISK } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { formatSchema } from "../gate/index.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, Found } from "./exit.ts";
import type { Io } from "./io.ts";
import { writeWhole } from "./write-whole.ts";

interface Options {
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Lays out the schemas' files. */
export const fmtCommand = (io: Io): Command =>
  withExamples(
    new Command("fmt")
      .description("Lay out the .avsc files in the one way; names, values and their order stay.")
      .argument("[files...]", "files to lay out; all of the schemas where none are named")
      .option("--check", "write nothing; exit 100 where a file is not as it would be")
      .option(...JSON_OPTION)
      .action((files: readonly string[], options: Options) => fmt(io, files, options)),
    [
      ["sluice fmt", "all schemas"],
      ["sluice fmt --check", "in CI"],
      ["sluice fmt schemas/orders.order.created/v1.avsc", "one file"],
    ],
  );

/** What was found of one file. */
interface Outcome {
  readonly file: string;
  readonly status: "right" | "changed" | "broken";
}

function fmt(io: Io, files: readonly string[], { check = false, json = false }: Options): void {
  const outcomes: Outcome[] = [];
  for (const file of files.length > 0 ? files : schemaFiles(readConfig(io.env).schemasDir)) {
    outcomes.push(layOut(file, check));
  }
  const changed = outcomes.filter(({ status }) => status === "changed");
  const broken = outcomes.filter(({ status }) => status === "broken");
  if (json) io.out(`${JSON.stringify({ written: !check, files: outcomes }, null, 2)}\n`);
  else {
    for (const { file } of changed) io.out(`${file}: ${check ? "not laid out yet" : "laid out"}\n`);
    io.out(conclusion({ all: outcomes.length, changed: changed.length, broken: broken.length, check }));
  }
  if (broken.length > 0) {
    const names = broken.map(({ file }) => file).join(", ");
    throw new CommandFailed(
      `no JSON in UTF-8, and left alone: ${names}; \`sluice check\` says what is wrong and where.`,
    );
  }
  if (check && changed.length > 0) throw new Found();
}

interface Counts {
  readonly all: number;
  readonly changed: number;
  readonly broken: number;
  readonly check: boolean;
}

function conclusion({ all, changed, broken, check }: Counts): string {
  const files = plural(all, "file");
  if (changed > 0) return `${changed} of ${files}${check ? ": `sluice fmt` does it." : " laid out."}\n`;
  // The error that follows says what there is to do.
  return broken > 0 ? "" : `${files}: nothing to do.\n`;
}

function layOut(path: string, check: boolean): Outcome {
  const file = relative("", path) || path;
  const text = textOf(bytesOf(path, file));
  const formatted = text === undefined ? undefined : formatSchema(text);
  if (formatted === undefined) return { file, status: "broken" };
  if (formatted === text) return { file, status: "right" };
  if (!check) writeWhole(path, formatted);
  return { file, status: "changed" };
}

function bytesOf(path: string, file: string): Uint8Array {
  try {
    DISK.size(path);
    return DISK.read(path);
  } catch (error) {
    throw new CommandFailed(`${file}: can't be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** Undefined for what is not UTF-8: written back, its characters would be lost. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** In order of their names. A folder that is not there has no files, which is a mistake to tell. */
function schemaFiles(dir: string): string[] {
  try {
    const names = [...new Bun.Glob("*/*.avsc").scanSync({ cwd: dir, followSymlinks: true })];
    return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(dir, name));
  } catch {
    throw new CommandFailed(
      `there is no folder ${dir}; \`sluice dev\` says how to begin one, and SLUICE_SCHEMAS names another.`,
    );
  }
}
