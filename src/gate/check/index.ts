import type { CatalogReading } from "../../catalog/index.ts";
import { dataDrafts, type TopicData } from "../data/drafts.ts";
import { finished } from "../finish.ts";
import { createFixer } from "../fix/index.ts";
import type { Base, BrokenWorker, CheckedSubject, DeclaredReader, Report } from "../model.ts";
import { RULES } from "../rules/index.ts";
import type { GateSettings } from "../settings.ts";
import { breakDrafts, ownReaderDrafts } from "./breaks.ts";
import { type Comparison, compareEntry } from "./compare.ts";
import type { Draft } from "./draft.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { folded } from "./fold.ts";
import { problemDrafts } from "./problems.ts";
import { isHere, removedDrafts, subjectDrafts } from "./subjects.ts";
import { typescriptDrafts } from "./typescript.ts";
import { workerDrafts } from "./workers.ts";

export { type BreakInFile, breakTeller } from "./told-break.ts";

/** Everything that a check looks at. */
export interface CheckParts {
  readonly reading: CatalogReading;
  readonly bases: readonly Base[];
  readonly readers: readonly DeclaredReader[];
  /** Workers of which nobody knows what they read. */
  readonly brokenWorkers?: readonly BrokenWorker[];
  readonly settings: GateSettings;
  /** Today's date, `2026-11-21`: ignored findings have a last day. */
  readonly today: string;
  /** Subjects to look at alone; all where it is left out. */
  readonly only?: ReadonlySet<string>;
  /** What reading stored events came to, of topics that were asked about. */
  readonly data?: readonly TopicData[];
}

/** Compares a folder of schemas with what there was before. Pure; throws for nothing that is in it. */
export function checkCatalog(parts: CheckParts): Report {
  const { reading, bases, settings, today, only, brokenWorkers = [] } = parts;
  const { drafts, subjects } = draftsOf(parts);
  const shared = new Set(reading.catalog.shared.map(({ subject }) => subject));
  const names = bases.map(({ name }) => name);
  return {
    ...finished([...folded(drafts, shared), ...workerDrafts(brokenWorkers, only)], {
      settings: withoutStyle(settings),
      today,
      names,
      only,
    }),
    subjects: subjects.filter(({ subject }) => only?.has(subject) ?? true),
    bases: bases.map(({ name, note, subjects: histories }) => ({
      name,
      subjects: histories.size,
      versions: histories.values().reduce((sum, { versions }) => sum + versions.length, 0),
      note,
    })),
  };
}

function draftsOf({ reading, bases, readers, only, data = [] }: CheckParts): {
  drafts: Draft[];
  subjects: CheckedSubject[];
} {
  const { catalog, places } = reading;
  const all = entriesOf(catalog, bases, readers);
  const entries = all
    // A shared type may have to speak for the topics asked for.
    .filter(({ subject, topic }) => only === undefined || topic === undefined || only.has(subject))
    .map((entry) => ({ ...entry, ...compareEntry(entry, bases) }));
  const gone = removedDrafts({
    entries,
    isHere: isHere(all, reading),
    bases,
    readers,
    places,
  });
  const fix = createFixer();
  const drafts = [
    ...problemDrafts(reading),
    ...entries.flatMap((entry) => entryDrafts(entry, { reading, bases, fix, isNew: !gone.renamed.has(entry.subject) })),
    ...gone.drafts,
    ...data.flatMap((one) => dataDrafts(one, places)),
  ];
  const subjects = [
    ...entries.map(({ subject, file, status, level }) => ({ subject, file, status, level })),
    ...gone.subjects,
  ];
  return { drafts, subjects: subjects.sort((a, b) => (a.subject < b.subject ? -1 : 1)) };
}

function entryDrafts(
  entry: Entry & Comparison,
  {
    reading,
    bases,
    fix,
    isNew,
  }: Pick<CheckParts, "reading" | "bases"> & {
    fix: ReturnType<typeof createFixer>;
    isNew: boolean;
  },
): readonly Draft[] {
  const ofSubject = subjectDrafts(entry, entry, { bases, reading });
  const breaks = entry.breaks.length === 0 ? [] : breakDrafts(entry, entry.breaks, { reading, fix, bases });
  const broken = new Set(breaks.filter(({ severity }) => severity === "error").map(({ field }) => field));
  return [
    ...ofSubject.filter(({ rule }) => isNew || rule !== "SUBJECT_ADDED"),
    ...breaks,
    ...ownReaderDrafts(entry),
    // What Avro itself cannot read is no news to TypeScript.
    ...typescriptDrafts(entry, entry, reading).filter(({ field }) => !broken.has(field)),
  ];
}

/** What is ignored of style is for `sluice lint` to need or not. */
function withoutStyle(settings: GateSettings): GateSettings {
  const ofStyle = new Set(RULES.filter(({ family }) => family === "lint").map(({ id }) => id));
  return { ...settings, ignores: settings.ignores.filter(({ rule }) => !ofStyle.has(rule)) };
}
