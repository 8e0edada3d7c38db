import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CatalogProblem } from "../../catalog/index.ts";

/** Where a folder of schemas has the types that several of them use. */
const SHARED = "_shared";

/** How to bring along types that no file has: by which file, where one beside the schemas defines it. */
export function referenceHint(problems: readonly CatalogProblem[]): string | undefined {
  const unknown = problems.flatMap(({ file, message }) => {
    const [, name] = /^unknown type `([^`]+)`/.exec(message) ?? [];
    return name === undefined ? [] : [{ file, name }];
  });
  if (unknown.length === 0) return undefined;
  const found = [...new Set(unknown.flatMap(({ file, name }) => definitionBeside(file, name)))];
  const options = found.map((file) => ` --reference ${file}`).join("");
  return options === ""
    ? "A type of another file comes along with `--reference FILE`."
    : `Types of other files come along with${options}`;
}

function definitionBeside(file: string, name: string): readonly string[] {
  const here = dirname(file);
  const shared = basename(here) === SHARED ? here : join(here, "..", SHARED);
  return filesIn(shared).filter((one) => definedName(one) === name);
}

function filesIn(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir).filter((name) => name.endsWith(".avsc"));
    return names.toSorted().map((name) => join(dir, name));
  } catch {
    return []; // There is no such folder, and no hint from it.
  }
}

function definedName(file: string): string | undefined {
  try {
    const schema: { name?: unknown; namespace?: unknown } = JSON.parse(readFileSync(file, "utf8"));
    const name = String(schema.name);
    return name.includes(".") || !schema.namespace ? name : `${schema.namespace}.${name}`;
  } catch {
    return undefined; // What is no schema defines nothing.
  }
}
