import { dirname, join, relative, resolve } from "node:path";
import { type Catalog, typesOf } from "../catalog/index.ts";
import { writeWhole } from "./write-whole.ts";

/** The file of types beside the schemas: what it is, and what it would be. */
export interface TypesFile {
  readonly path: string;
  /** Undefined where it is not there. */
  readonly found: string | undefined;
  readonly wanted: string;
  /** Whether it is not what the schemas say. */
  readonly stale: boolean;
}

export async function readTypesFile(catalog: Pick<Catalog, "dir" | "topics">): Promise<TypesFile> {
  const path = join(catalog.dir, "types.ts");
  const file = Bun.file(path);
  const [found, module] = await Promise.all([
    file.exists().then((exists) => (exists ? file.text() : undefined)),
    moduleOfTopics(catalog.dir),
  ]);
  const wanted = typesOf(catalog, module);
  // Git may have checked it out with line ends of its own.
  return { path, found, wanted, stale: found?.replaceAll("\r\n", "\n") !== wanted };
}

/** Writes the file where it is stale, whole or not at all. */
export function writeTypesFile({ path, wanted, stale }: TypesFile): void {
  if (stale) writeWhole(path, wanted);
}

/** What of the file is not what the schemas say, as lines: `OrderCreated: changed`. */
export function staleParts({ found = "", wanted }: TypesFile): readonly string[] {
  const before = partsOf(found.replaceAll("\r\n", "\n"));
  const after = partsOf(wanted);
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name) => {
    if (!before.has(name)) return `${name}: missing`;
    if (!after.has(name)) return `${name}: not in the schemas any more`;
    return before.get(name) === after.get(name) ? [] : `${name}: changed`;
  });
}

/** Its declarations by name; the blank lines between them are the only ones. */
function partsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split("\n\n").map((part): [string, string] => {
    const [, name = ""] = /^(?:export |declare module .*\n)? *(?:interface|type) ([^\s=]+)/m.exec(part) ?? [];
    return [name, part.trim()];
  });
  return new Map(parts.filter(([name]) => name !== ""));
}

/** Where `Topics` is from: the package by its name, and in its own repository the file itself. */
async function moduleOfTopics(schemasDir: string): Promise<string> {
  const folder = resolve(schemasDir);
  const root = await packageAbove(folder);
  return root?.name === "sluice" ? relative(folder, join(root.dir, "src/catalog/event-types.ts")) : "sluice/topics";
}

async function packageAbove(dir: string): Promise<{ dir: string; name: unknown } | undefined> {
  const file = Bun.file(join(dir, "package.json"));
  if (await file.exists()) return { dir, name: (await file.json().catch(() => undefined))?.name };
  return dirname(dir) === dir ? undefined : packageAbove(dirname(dir));
}
