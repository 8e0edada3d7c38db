import type { CatalogReading, CatalogTopic, Files, SchemaFile } from "../../catalog/index.ts";
import { readCatalog } from "../../catalog/index.ts";
import type { FolderHistory, Git } from "../bases/index.ts";
import type { Base } from "../model.ts";
import { compareSchemas, type SchemaDiff } from "./compare.ts";

/** What has changed in schemas, the newest first. */
export interface Changelog {
  readonly entries: readonly ChangelogEntry[];
  /** What limits it; empty for nothing. */
  readonly note: string;
}

export interface ChangelogEntry {
  /** `4f1c09a`, `not committed`, `version 3`. */
  readonly label: string;
  /** ISO 8601, where it is known. */
  readonly date?: string;
  /** The first line of the commit's message; empty where there is none. */
  readonly title: string;
  readonly diffs: readonly SchemaDiff[];
}

/** Which subjects are asked about. */
type Wanted = (subject: string) => boolean;

/** What each commit changed, along the first parents, and what is not committed yet. */
export async function changelogOfGit(
  git: Git,
  { reading, since, wanted }: { readonly reading: CatalogReading; readonly since?: string; readonly wanted: Wanted },
): Promise<Changelog> {
  const isBegun = since !== undefined || (await git.commits(["HEAD"]))[0] !== undefined;
  if (!isBegun) return { entries: [], note: "there is no commit yet" };
  const history = await git.history("HEAD", since === undefined ? {} : { since });
  const { revisions } = history;
  const start = await startOf(git, history, since);
  const head = readCatalog(git.dir, revisions[0]?.files ?? start);
  const entries: ChangelogEntry[] = [];
  const add = (entry: Omit<ChangelogEntry, "diffs">, diffs: readonly SchemaDiff[]) => {
    if (diffs.length > 0) entries.push({ ...entry, diffs });
  };
  const newest = revisions[0]?.commit.short ?? since ?? "HEAD";
  add(
    { label: "not committed", title: "" },
    diffsOf({ reading: head, name: newest }, { reading, name: "the working tree" }, wanted),
  );
  let after = head;
  for (const [index, { commit, changes }] of revisions.entries()) {
    const previous = revisions[index + 1];
    // Settings of topics change too, and are another matter.
    if (!changes.some(({ file }) => file.endsWith(".avsc"))) continue;
    const before = readCatalog(git.dir, previous?.files ?? start);
    const [older, newer] = [previous?.commit.short ?? since ?? "nothing", commit.short];
    add(
      { label: commit.short, date: commit.date, title: commit.title },
      diffsOf({ reading: before, name: older }, { reading: after, name: newer }, wanted),
    );
    after = before;
  }
  return { entries, note: noteOf(history) };
}

/** What a registry's versions of subjects changed; the newest version of each subject first. */
export function changelogOfVersions(
  subjects: readonly { readonly subject: string; readonly versions: readonly { label: string; schema(): Schema }[] }[],
): Changelog {
  const entries = subjects.flatMap(({ subject, versions }) =>
    versions
      .map(({ label, schema }, index) => {
        const before = versions[index - 1];
        const older = before && { name: before.label, schema: before.schema() };
        return {
          label,
          title: `of ${subject}`,
          diffs: [compareSchemas(subject, { older, newer: { name: label, schema: schema() } })],
        };
      })
      .toReversed(),
  );
  return { entries, note: "" };
}

type Schema = CatalogTopic["schema"];

/** What there was before the first commit looked at. */
async function startOf(git: Git, { cut, revisions }: FolderHistory, since: string | undefined): Promise<Files> {
  if (since !== undefined) return git.filesAt(since);
  const oldest = revisions.at(-1);
  if (cut === "limit" && oldest !== undefined) return git.filesAt(`${oldest.commit.hash}^`);
  // Of a cut clone nothing is known before: its first commit has changed nothing that could be told.
  return cut === "clone" && oldest !== undefined ? oldest.files : NOTHING;
}

const NOTHING: Files = {
  list: () => [],
  size: () => 0,
  read: () => new Uint8Array(),
};

function noteOf({ cut, revisions }: FolderHistory): string {
  const oldest = revisions.at(-1)?.commit.short;
  if (cut === undefined) return "";
  if (cut === "limit") return `older commits than ${oldest} were not looked at; --since names one to begin with`;
  return `this clone ends at ${oldest}; \`git fetch --unshallow\` brings what is older`;
}

interface Named {
  readonly reading: CatalogReading;
  readonly name: string;
}

/** Every subject that is not the same in both. A file that is none at one time is compared with nothing. */
function diffsOf(older: Named, newer: Named, wanted: Wanted): readonly SchemaDiff[] {
  const [were, are] = [entriesOf(older.reading), entriesOf(newer.reading)];
  const broken = new Set([older, newer].flatMap(({ reading }) => reading.problems.map(({ file }) => file)));
  return [...new Set([...are.keys(), ...were.keys()])]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .filter(wanted)
    .flatMap((subject) => {
      const [was, is] = [were.get(subject), are.get(subject)];
      // What changed in a type that it uses is told of that type, where that is asked about.
      if (was?.text === is?.text && (was?.schema.fingerprint === is?.schema.fingerprint || usesOf(is).some(wanted))) {
        return [];
      }
      const file = is?.file ?? was?.file ?? "";
      if ((was === undefined || is === undefined) && broken.has(file)) return [];
      const diff = compareSchemas(subject, {
        older: was && { name: older.name, schema: was.schema },
        newer: is && { name: newer.name, schema: is.schema },
      });
      const isSame = was !== undefined && is !== undefined && diff.changes.length === 0;
      return isSame ? [] : [diff];
    });
}

const usesOf = (entry: SchemaFile | CatalogTopic | undefined): readonly string[] =>
  entry?.references.map(({ subject }) => subject) ?? [];

/** Every subject that is not what a base has of it last. */
export function diffsSince(
  base: Base,
  {
    reading,
    wanted,
    name = "the working tree",
  }: { readonly reading: CatalogReading; readonly wanted: Wanted; readonly name?: string },
): readonly SchemaDiff[] {
  const are = entriesOf(reading);
  const broken = new Set(reading.problems.map(({ file }) => file));
  return [...new Set([...are.keys(), ...base.subjects.keys()])]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .filter(wanted)
    .flatMap((subject) => {
      const [history, is] = [base.subjects.get(subject), are.get(subject)];
      const was = history?.versions.at(-1);
      // A file that is no schema now is not gone.
      if (is === undefined && broken.has(history?.file ?? "")) return [];
      const diff = compareSchemas(subject, {
        older: was && { name: base.name, schema: was.schema() },
        newer: is && { name, schema: is.schema },
      });
      const isToldElsewhere = was?.text === is?.text && usesOf(is).some(wanted);
      const isSame = was !== undefined && is !== undefined && (diff.changes.length === 0 || isToldElsewhere);
      return isSame ? [] : [diff];
    });
}

function entriesOf({ catalog }: CatalogReading): ReadonlyMap<string, SchemaFile | CatalogTopic> {
  return new Map([...catalog.shared, ...catalog.topics].map((entry) => [entry.subject, entry]));
}
