import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSchema } from "../../../src/avro/index.ts";
import { filesIn, readCatalog } from "../../../src/catalog/index.ts";
import { notesOf, subjectsOf } from "../../../src/gate/bases/subjects.ts";
import {
  type Base,
  type BrokenWorker,
  checkCatalog,
  type DeclaredReader,
  type FormatContext,
  type Report,
  readGateSettings,
} from "../../../src/gate/index.ts";

/** Schemas before and after a change: `<name>/before` and `<name>/after` are what `schemas/` held then, and holds now. */
export const CORPUS = join(import.meta.dir, "corpus");

export const caseNames = (): string[] => readdirSync(CORPUS).toSorted();

/** Checks a case against its `before`, which is named as a branch that git has. */
export function checked(name: string): { report: Report; context: FormatContext } {
  const reading = readingOf(name, "after");
  const before = readingOf(name, "before");
  const base: Base = {
    name: "git:main",
    subjects: subjectsOf(before, "4f1c09a"),
    note: notesOf(before, "main"),
  };
  const { settings, problems } = readGateSettings("schemas", treeOf(name, "after"));
  if (problems.length > 0) throw new Error(`gate.yaml of ${name}: ${problems[0]?.message}`);
  const report = checkCatalog({
    reading,
    bases: [base],
    readers: readersOf(name),
    brokenWorkers: brokenWorkersOf(name),
    settings,
    today: "2026-11-21",
  });
  const text = (file: string) => reading.places.text(file) ?? otherText(name, file);
  return { report, context: { command: "sluice check", text, prefix: "shop/", colours: false, strict: false } };
}

/** The text of a file of the case, as it stands on the disk. */
export const fileOf = (name: string, side: "before" | "after", file: string): string =>
  readFileSync(join(CORPUS, name, side, file.replace(/^schemas\//, "")), "utf8");

/** `gate.yaml` is none of the catalog's files. */
function otherText(name: string, file: string): string | undefined {
  const path = join(CORPUS, name, "after", file.replace(/^schemas\//, ""));
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

const readingOf = (name: string, side: "before" | "after") => readCatalog("schemas", treeOf(name, side));

function treeOf(name: string, side: "before" | "after") {
  const dir = join(CORPUS, name, side);
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return filesIn(
    new Map(
      files.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [`schemas${path.slice(dir.length)}`, readFileSync(path)] as const;
      }),
    ),
  );
}

/** Workers that read a topic with its schema of when they were deployed, or with one of their own. */
function readersOf(name: string): readonly DeclaredReader[] {
  const path = join(CORPUS, name, "readers.json");
  if (!existsSync(path)) return [];
  const readers: { group: string; file: string; topic: string; schema?: unknown }[] = JSON.parse(
    readFileSync(path, "utf8"),
  );
  return readers.map((reader) => ({
    ...reader,
    schema: reader.schema === undefined ? undefined : parseSchema(reader.schema),
  }));
}

/** Workers that could not be loaded. */
function brokenWorkersOf(name: string): readonly BrokenWorker[] {
  const path = join(CORPUS, name, "broken-workers.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}
