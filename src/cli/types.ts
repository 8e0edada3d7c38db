import { join } from "node:path";
import { Command, Option } from "commander";
import { CatalogError, loadCatalog, problemText } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { schemasIn, watchFolders } from "./dev/watch.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, Refused } from "./exit.ts";
import { explain } from "./explain.ts";
import { type Io, stopped } from "./io.ts";
import { readTypesFile, staleParts, type TypesFile, writeTypesFile } from "./types-file.ts";

interface Options {
  readonly check?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Writes the TypeScript types of the schemas, which workers and the door's client see. */
export const typesCommand = (io: Io): Command =>
  withExamples(
    new Command("types")
      .description("Write the TypeScript types of the schemas to types.ts in their folder.")
      .option("--check", "write nothing; fail where the file is not what it would be")
      .addOption(new Option("--watch", "write again on each save of a schema, until stopped").conflicts("check"))
      .option(...JSON_OPTION)
      .action((options: Options) => types(io, options)),
    [
      ["sluice types", "after each change of a schema"],
      ["sluice types --watch", "while you work on them; `sluice dev` does it as well"],
      ["sluice types --check", "in CI"],
    ],
  );

async function types(io: Io, options: Options): Promise<void> {
  const { schemasDir } = readConfig(io.env);
  if (options.watch) return watch(io, schemasDir, options);
  const file = await readTypesFile(await loadCatalog(schemasDir));
  if (options.check) return check(io, file, options);
  writeTypesFile(file);
  io.out(options.json ? jsonLine({ file: file.path, changed: file.stale }) : `${file.path}: ${done(file)}\n`);
}

/** Parts that are named where the file is stale. */
const PARTS_TOLD_MAX = 20;

function check(io: Io, file: TypesFile, { json }: Options): void {
  const { path, found, stale } = file;
  const parts = stale ? staleParts(file) : [];
  if (json) {
    io.out(jsonLine({ file: path, changed: stale, stale: parts }));
    if (stale) throw new Refused();
    return;
  }
  if (!stale) return void io.out(`${path}: up to date\n`);
  const what = found === undefined ? "is not there" : "is not what the schemas say";
  const rest = parts.length > PARTS_TOLD_MAX ? [`and ${parts.length - PARTS_TOLD_MAX} more`] : [];
  const told = found === undefined ? [] : [...parts.slice(0, PARTS_TOLD_MAX), ...rest];
  throw new CommandFailed([`${path} ${what}; \`sluice types\` writes it.`, ...told].join("\n  "));
}

/** Follows what is saved; schemas that cannot be used leave the file as it is. */
async function watch(io: Io, schemasDir: string, { json = false }: Options): Promise<void> {
  const path = join(schemasDir, "types.ts");
  // One after the other: the first may still be under way when something is saved.
  let last = Promise.resolve();
  const follow = (): Promise<void> => {
    last = last.then(write);
    return last;
  };
  using _ = await watchFolders({ folders: [schemasIn(schemasDir)], onChange: follow });
  await follow();
  await stopped(io);

  async function write(): Promise<void> {
    const began = performance.now();
    try {
      const file = await readTypesFile(await loadCatalog(schemasDir));
      writeTypesFile(file);
      const tookMs = Math.round(performance.now() - began);
      if (json) io.out(jsonLine({ file: path, changed: file.stale, tookMs }));
      else io.out(`${path}: ${done(file)}${file.stale ? ` in ${tookMs} ms` : ""}\n`);
    } catch (error) {
      tellOfFailure(error);
    }
  }

  function tellOfFailure(error: unknown): void {
    const problems = error instanceof CatalogError ? error.problems.map(problemText) : [explain(error)];
    if (json) io.out(jsonLine({ file: path, changed: false, problems }));
    else io.err(`${[`${path}: stays as it is:`, ...problems].join("\n  ")}\n`);
  }
}

const done = ({ stale }: TypesFile): string => (stale ? "written" : "up to date");

const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
