import { dirname, join, relative, resolve } from "node:path";
import { Command } from "commander";
import { loadCatalog, typesOf } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";

/** Writes the TypeScript types of the schemas, which workers see. */
export const typesCommand = (io: Io): Command =>
  withExamples(
    new Command("types")
      .description("Write the TypeScript types of the schemas to types.ts in their folder.")
      .option("--check", "write nothing; fail where the file is not what it would be")
      .option("--json", "print what was done as one JSON document")
      .action((options: { check?: boolean; json?: boolean }) => types(io, options)),
    [
      ["sluice types", "after each change of a schema"],
      ["sluice types --check", "in CI"],
    ],
  );

async function types(io: Io, { check, json }: { check?: boolean; json?: boolean }): Promise<void> {
  const { schemasDir } = readConfig(io.env);
  const catalog = await loadCatalog(schemasDir);
  const path = join(schemasDir, "types.ts");
  const wanted = typesOf(catalog, await moduleOfTopics(schemasDir));
  const file = Bun.file(path);
  const changed = !(await file.exists()) || (await file.text()) !== wanted;
  if (check && changed) throw new CommandFailed(`${path} is not what the schemas say; \`sluice types\` writes it.`);
  if (changed) await file.write(wanted);
  if (json) io.out(`${JSON.stringify({ file: path, changed })}\n`);
  else io.out(changed ? `${path}: written\n` : `${path}: up to date\n`);
}

/** Where workers have `Topics` from: the package by its name, and in its own repository the file itself. */
export async function moduleOfTopics(schemasDir: string): Promise<string> {
  const folder = resolve(schemasDir);
  const root = await packageAbove(folder);
  return root?.name === "sluice" ? relative(folder, join(root.dir, "src/catalog/event-types.ts")) : "sluice";
}

async function packageAbove(dir: string): Promise<{ dir: string; name: unknown } | undefined> {
  const file = Bun.file(join(dir, "package.json"));
  if (await file.exists()) return { dir, name: (await file.json().catch(() => undefined))?.name };
  return dirname(dir) === dir ? undefined : packageAbove(dirname(dir));
}
