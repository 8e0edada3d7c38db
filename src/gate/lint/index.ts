import type { Schema } from "../../avro/index.ts";
import type { CatalogReading, Places } from "../../catalog/index.ts";
import { type Draft, plainDraft } from "../check/draft.ts";
import { entriesOf, topicFileOf } from "../check/entries.ts";
import { namePath, pointerOf } from "../check/path.ts";
import { placeAt } from "../check/places.ts";
import { problemDrafts } from "../check/problems.ts";
import { finished } from "../finish.ts";
import type { Report, Severity } from "../model.ts";
import { LINT_RULES } from "../rules/lint.ts";
import type { GateSettings } from "../settings.ts";
import { moneyFloat, piiTag, timestampLogical } from "./meaning.ts";
import { fieldName, namespaceName, symbolName, typeName } from "./names.ts";
import type { LintPart, LintProblem, LintRule } from "./rule.ts";
import { enumDefault, fieldDoc, nullFirst, typeDoc, unionAmbiguous } from "./shape.ts";
import { partsOf } from "./walk.ts";

/** Every rule about a part of a schema. */
const RULES: readonly LintRule[] = [
  typeName,
  fieldName,
  symbolName,
  namespaceName,
  typeDoc,
  fieldDoc,
  enumDefault,
  unionAmbiguous,
  nullFirst,
  moneyFloat,
  timestampLogical,
  piiTag,
];

/** Everything that lint looks at. */
export interface LintParts {
  readonly reading: CatalogReading;
  readonly settings: GateSettings;
  /** Today's date, `2026-11-21`. */
  readonly today: string;
  /** Subjects to look at alone; all where it is left out. */
  readonly only?: ReadonlySet<string>;
}

/** Looks at the style of the schemas as they are. Pure; throws for nothing that is in them. */
export function lintCatalog({ reading, settings, today, only }: LintParts): Report {
  const { catalog, places } = reading;
  const entries = entriesOf(catalog, [], []);
  const drafts = [
    ...problemDrafts(reading),
    ...entries.flatMap((entry) => schemaDrafts(entry, places)),
    ...topicDrafts(reading),
  ];
  const ids = new Set(LINT_RULES.map(({ id }) => id));
  const own = { ...settings, ignores: settings.ignores.filter(({ rule }) => ids.has(rule)) };
  const wanted = entries.filter(({ subject }) => only?.has(subject) ?? true);
  return {
    ...finished(drafts, { settings: own, today, names: ["the rules of lint"], only }),
    subjects: wanted.map(({ subject, file, level }) => ({ subject, file, level, status: "unchanged" })),
    bases: [],
  };
}

interface LintedSchema {
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
}

function schemaDrafts({ subject, file, schema }: LintedSchema, places: Places): readonly Draft[] {
  const parts = partsOf(schema, (path) => places.follow(file, [...path, "name"]).file === file);
  return parts.flatMap((part) =>
    RULES.flatMap((rule) =>
      rule.check(part).map((problem) => draftOf({ rule, part, problem }, { subject, file, schema }, places)),
    ),
  );
}

function draftOf(
  { rule, part, problem }: { rule: LintRule; part: LintPart; problem: LintProblem },
  { subject, file, schema }: LintedSchema,
  places: Places,
): Draft {
  const path = [...part.path, ...(problem.below ?? [])];
  const { field } = namePath(schema, path);
  const { named } = namePath(schema, part.path);
  const fix = problem.fix?.(file);
  return {
    rule: rule.id,
    severity: severityOf(rule.id),
    subject,
    path: pointerOf(path),
    field,
    named,
    message: problem.message,
    help: problem.help,
    place: placeAt({ file, places }, path),
    meaning: problem.meaning ?? "",
    against: [],
    groups: [],
    ...(fix && { fix }),
  };
}

/** What `topic.yaml` says nothing of, which nobody else can know. */
function topicDrafts({ catalog, places }: CatalogReading): readonly Draft[] {
  const byType = Map.groupBy(catalog.topics, ({ eventType }) => eventType);
  return [...byType.values()].flatMap(([topic]) => {
    if (topic === undefined) return [];
    const missing = (["description", "owner"] as const).filter((name) => topic[name] === "");
    if (missing.length === 0) return [];
    const file = topicFileOf(topic.file);
    return plainDraft({
      rule: "TOPIC_DOC",
      severity: severityOf("TOPIC_DOC"),
      subject: topic.subject,
      message: `topic.yaml of ${topic.eventType} has no ${missing.join(" and no ")}`,
      help: "Say what has happened when the event is sent, and who answers for it.",
      place: places.setting(file, "key"),
      meaning: missing.join(" "),
    });
  });
}

function severityOf(id: string): Severity {
  const level = LINT_RULES.find((rule) => rule.id === id)?.level ?? "error";
  // A rule that is off by default is finished off: gate.yaml has to turn it on.
  return level === "off" ? "info" : level;
}
