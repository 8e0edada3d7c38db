import { checkCompatibility } from "../../avro/index.ts";
import type { Place } from "../../catalog/index.ts";
import {
  type Base,
  checkCatalog,
  type EarlierVersion,
  type Finding,
  GATE_DEFAULTS,
  type GateSettings,
  type HistoryRegistry,
  type RegisteredVersion,
  type Report,
} from "../../gate/index.ts";
import { mapBounded } from "../bounded.ts";
import { RegistryError } from "../errors.ts";
import type { Reference } from "../model.ts";
import { NotAsked, type SchemaCheck } from "./asked.ts";
import { type Declared, type Staged, stage } from "./reading.ts";

export interface CheckSchemaParts {
  /** Far away, or the one in this process. */
  readonly registry: HistoryRegistry;
  readonly declared?: Declared;
  /** What `gate.yaml` beside the declared schemas says. */
  readonly settings?: GateSettings;
  /** Today's date, `2026-11-21`. */
  readonly today: string;
}

/** Versions that a schema is compared with, the newest; whoever has more is told. */
const COMPARED_VERSIONS_MAX = 100;
/** Characters of them together: all are compared at once, and nobody else is answered meanwhile. */
const COMPARED_LENGTH_MAX = 2_000_000;

/**
 * What `sluice check --against registry` would say of one schema, were it in the folder. What is found is an answer, also
 * where it is no schema at all.
 * @throws NotAsked where it refers to, or is compared with, what is not there; whatever the registry throws
 */
export async function checkSchema(asked: SchemaCheck, parts: CheckSchemaParts): Promise<Report> {
  const { registry, declared = { topics: [], shared: [] }, settings = GATE_DEFAULTS, today } = parts;
  const named = await namedBy(asked.references, registry);
  const staged = stage(asked, { declared, named });
  const isSchema = [...staged.reading.catalog.topics, ...staged.reading.catalog.shared].some(
    (one) => one.file === staged.file,
  );
  const base = isSchema ? await baseOf(asked, registry) : { name: BASE, subjects: new Map(), note: "" };
  assertModest(asked, staged, base);
  const report = checkCatalog({
    reading: { ...staged.reading, problems: staged.reading.problems.filter(({ file }) => isAsked(file, staged)) },
    bases: [base],
    readers: [],
    // One schema that may never be in the folder does not tell what is needed there.
    settings: { ...settings, rules: new Map([...settings.rules, ["IGNORE_UNUSED", "off"]]) },
    today,
    only: new Set([asked.subject, staged.subject, ""]),
  });
  return shownAs(report, staged, asked.subject);
}

const BASE = "registry";

/**
 * Each break is proved with a record of the whole schema, and so breaks times size is what a check costs: this much is
 * some 200 ms. Another schema under an old name has thousands of breaks, and nobody reads them.
 */
const WORK_MAX = 20_000_000;

function assertModest({ text, subject }: SchemaCheck, { reading, file }: Staged, { subjects }: Base): void {
  const all = [...reading.catalog.topics, ...reading.catalog.shared];
  const schema = all.find((one) => one.file === file)?.schema;
  if (schema === undefined) return;
  let breaks = 0;
  for (const version of subjects.get(subject)?.versions ?? []) {
    const earlier = version.schema();
    breaks += checkCompatibility(schema, earlier).length + checkCompatibility(earlier, schema).length;
    if (breaks > 1 && breaks * text.length > WORK_MAX) break;
  }
  if (breaks <= 1 || breaks * text.length <= WORK_MAX) return;
  const found = `${breaks} breaks in ${text.length} characters`;
  const detail = `${found} are too many to look at here: it is another schema; \`sluice check\` lists them all`;
  throw new NotAsked([{ pointer: "/schema", expected: "a change of what is registered", found, detail }]);
}

/** What is wrong with the types that it uses is told where those are checked. */
const isAsked = (file: string, staged: Staged): boolean => !file.includes("/_shared/") || file === staged.file;

async function namedBy(
  references: readonly Reference[],
  registry: HistoryRegistry,
): Promise<{ name: string; text: string }[]> {
  return mapBounded(references, async ({ name, subject, version }) => {
    const found = await readable(() => registry.version(subject, version));
    const at = references.findIndex((one) => one.subject === subject && one.version === version);
    if (found === undefined) throw notThere(`/references/${at}`, subject, version);
    // Written out: what it refers to itself is in it.
    return { name, text: JSON.stringify(found.schema.json) };
  });
}

async function baseOf({ subject, against }: SchemaCheck, registry: HistoryRegistry): Promise<Base> {
  const all = await registry.versions(subject);
  if (typeof against === "number" && !all.includes(against)) throw notThere("/against", subject, against);
  if (all.length === 0) return { name: BASE, subjects: new Map(), note: "" };
  const wanted =
    typeof against === "number" ? [against] : all.slice(against === "latest" ? -1 : -COMPARED_VERSIONS_MAX);
  const [own, fetched] = await Promise.all([
    registry.level(subject),
    mapBounded(wanted.toReversed(), (version) => readable(() => registry.version(subject, version))),
  ]);
  const level = own ?? (await registry.level());
  let length = 0;
  const versions = fetched
    .filter((one) => one !== undefined)
    .filter(({ text }, index) => {
      length += text.length;
      return index === 0 || length <= COMPARED_LENGTH_MAX;
    })
    .map(earlierVersion)
    .reverse();
  if (versions.length === 0) return { name: BASE, subjects: new Map(), note: `no version of ${subject} can be read` };
  const asked = against === "all" ? all.length : wanted.length;
  const note = versions.length === asked ? "" : `compared with ${versions.length} of ${asked} versions, the newest`;
  return { name: BASE, subjects: new Map([[subject, { subject, versions, ...(level && { level }) }]]), note };
}

function earlierVersion({ id, version, text, schema }: RegisteredVersion): EarlierVersion {
  return { label: `version ${version}`, version, id, text: JSON.stringify(JSON.parse(text)), schema: () => schema };
}

/** Undefined where it is nothing that can be compared with. */
async function readable(ask: () => Promise<RegisteredVersion | undefined>): Promise<RegisteredVersion | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RegistryError && error.kind === "INVALID_SCHEMA") return undefined;
    throw error;
  }
}

function notThere(pointer: string, subject: string, version: number): NotAsked {
  const found = `version ${version} of ${subject}`;
  return new NotAsked([
    { pointer, expected: "a version that is registered", found, detail: `there is no ${found} in the registry` },
  ]);
}

/** The report under the names that whoever asked knows. */
function shownAs(report: Report, { subject: staged, file, shownFile }: Staged, subject: string): Report {
  const named = (one: string) => (one === staged ? subject : one);
  const placed = (place: Place): Place => (place.file === file ? { ...place, file: shownFile } : place);
  const finding = (one: Finding): Finding => ({
    ...one,
    subject: named(one.subject),
    place: placed(one.place),
    ...(one.fix && {
      fix: {
        ...one.fix,
        edits: one.fix.edits.map((edit) => (edit.file === file ? { ...edit, file: shownFile } : edit)),
      },
    }),
  });
  return {
    ...report,
    findings: report.findings.map(finding),
    ignored: report.ignored.map((one) => ({ ...one, finding: finding(one.finding) })),
    subjects: report.subjects.map((one) => ({
      ...one,
      subject: named(one.subject),
      file: one.file === file ? shownFile : one.file,
    })),
  };
}
