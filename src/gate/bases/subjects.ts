import { dirname, join } from "node:path";
import { plural } from "../../avro/index.ts";
import type { CatalogReading, CatalogTopic, SchemaFile } from "../../catalog/index.ts";
import type { EarlierVersion, SubjectHistory } from "../model.ts";

/** Every subject of a folder of schemas, with what stands there as its one version. */
export function subjectsOf(reading: CatalogReading, label: string): Map<string, SubjectHistory> {
  const { topics, shared } = reading.catalog;
  return new Map(
    [...shared, ...topics].map((entry) => [
      entry.subject,
      historyOf(reading, entry, [versionIn(reading, entry, label)]),
    ]),
  );
}

/** A subject as its files say, with these versions. A `topic.yaml` that is not right says nothing. */
export function historyOf(
  { problems }: CatalogReading,
  entry: SchemaFile | CatalogTopic,
  versions: readonly EarlierVersion[],
): SubjectHistory {
  const { subject, file, compatibility } = entry;
  const settings = join(dirname(file), "topic.yaml");
  if (problems.some((problem) => problem.file === settings)) return { subject, versions, file };
  const ofTopic = "key" in entry && { key: entry.key, levelDeclared: entry.compatibilityDeclared };
  return { subject, versions, level: compatibility, file, ...ofTopic };
}

/** The schema of a file as an earlier version. */
export function versionIn(
  { places }: CatalogReading,
  { file, text, schema }: SchemaFile | CatalogTopic,
  label: string,
): EarlierVersion {
  return { label, text, schema: () => schema, source: { file, places } };
}

/** Which files of a base can't be compared with; empty where all can. */
export function notesOf({ problems }: CatalogReading, where: string): string {
  const [first] = problems;
  if (first === undefined) return "";
  const files = new Set(problems.map(({ file }) => file));
  const others = files.size === 1 ? "" : ` and ${plural(files.size - 1, "other file")}`;
  return `${first.file}${others} can't be compared with ${where}, where it was not right: ${first.message}`;
}
