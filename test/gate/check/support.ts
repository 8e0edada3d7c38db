import { type CatalogReading, filesIn, readCatalog } from "../../../src/catalog/index.ts";
import {
  type Base,
  type CheckParts,
  checkCatalog,
  type EarlierVersion,
  type Finding,
  GATE_DEFAULTS,
  type GateSettings,
  RULES,
  type SubjectHistory,
} from "../../../src/gate/index.ts";

/** A schema as JSON, and what `topic.yaml` says. */
export interface TopicOf {
  readonly schema: unknown;
  readonly settings?: string;
}

/** The folder of schemas with one version of each event type given, and shared types by their files. */
export function folder(
  topics: Readonly<Record<string, TopicOf>>,
  shared: Readonly<Record<string, unknown>> = {},
): CatalogReading {
  const files = new Map([["schemas/README.md", "A folder is there, whatever is in it."]]);
  for (const [name, { schema, settings = "key: id" }] of Object.entries(topics)) {
    files.set(`schemas/${name}/v1.avsc`, typeof schema === "string" ? schema : JSON.stringify(schema, null, 2));
    files.set(`schemas/${name}/topic.yaml`, settings);
  }
  for (const [name, schema] of Object.entries(shared)) {
    files.set(`schemas/_shared/${name}.avsc`, JSON.stringify(schema, null, 2));
  }
  const bytes = new Map([...files].map(([file, text]) => [file, new TextEncoder().encode(text)]));
  return readCatalog("schemas", filesIn(bytes));
}

/** A base whose subjects were these folders, one after the other, the last one being the latest. */
export function base(name: string, ...readings: readonly CatalogReading[]): Base {
  const subjects = new Map<string, SubjectHistory>();
  for (const [index, { catalog, places }] of readings.entries()) {
    for (const entry of [...catalog.shared, ...catalog.topics]) {
      const version: EarlierVersion = {
        label: `version ${index + 1}`,
        version: index + 1,
        text: entry.text,
        schema: () => entry.schema,
        source: { file: entry.file, places },
      };
      const { subject, compatibility: level, file } = entry;
      const versions = [...(subjects.get(subject)?.versions ?? []), version];
      const key = "key" in entry ? { key: entry.key, levelDeclared: entry.compatibilityDeclared } : {};
      subjects.set(subject, { subject, versions, level, file, ...key });
    }
  }
  return { name, subjects, note: "" };
}

/** A topic of one event type, with these fields. */
export const topic = (fields: readonly unknown[], settings = "key: id"): Record<string, TopicOf> => ({
  "shop.order.placed": {
    schema: {
      type: "record",
      name: "OrderPlaced",
      namespace: "shop",
      fields: [{ name: "id", type: "string" }, ...fields],
    },
    settings,
  },
});

export const TOPIC = "shop.order.placed.v1";
export const SUBJECT = `${TOPIC}-value`;
export const FILE = "schemas/shop.order.placed/v1.avsc";

/** What TypeScript notices is left out of the tests that are not about it. */
const QUIET: GateSettings = {
  ...GATE_DEFAULTS,
  rules: new Map(RULES.filter(({ family }) => family === "typescript").map(({ id }) => [id, "off"])),
};

/** Checks, with defaults for what the test is not about. */
export const check = (parts: Pick<CheckParts, "reading" | "bases"> & Partial<CheckParts>) =>
  checkCatalog({ readers: [], settings: QUIET, today: "2026-11-21", ...parts });

/** What a change from one folder to another comes to. */
export const findings = (before: CatalogReading, now: CatalogReading, more: Partial<CheckParts> = {}) =>
  check({ reading: now, bases: [base("git:main", before)], ...more }).findings;

/** Findings as lines, `error TYPE_MISMATCH 12:15 a.b`. */
export const lines = (found: readonly Finding[]): readonly string[] =>
  found.map(({ severity, rule, place, field }) =>
    `${severity} ${rule} ${place.line}:${place.column} ${field}`.trimEnd(),
  );

export const settingsOf = (given: Partial<GateSettings>): GateSettings => ({
  ...QUIET,
  ...given,
  rules: new Map([...QUIET.rules, ...(given.rules ?? [])]),
});
