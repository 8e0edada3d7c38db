import { dirname, join } from "node:path";
import type { CompatibilityLevel, Schema } from "../../avro/index.ts";
import { type Catalog, type CatalogTopic, leastLevelOver } from "../../catalog/index.ts";
import type { Base, DeclaredReader } from "../model.ts";

/** One subject of the working tree. */
export interface Entry {
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
  readonly text: string;
  readonly hasReferences: boolean;
  readonly level: CompatibilityLevel;
  /** Undefined for a shared type. */
  readonly topic?: CatalogTopic;
  /** Workers that read the topic. */
  readonly readers: readonly DeclaredReader[];
}

/** The subjects of a catalog, shared types first, each with the level that holds for it. */
export function entriesOf(
  { shared, topics }: Catalog,
  bases: readonly Base[],
  readers: readonly DeclaredReader[],
): readonly Entry[] {
  const byTopic = Map.groupBy(readers, ({ topic }) => topic);
  const levelOf = ({ subject, compatibility }: { subject: string; compatibility: CompatibilityLevel }) => {
    // As registering has it: a level that nobody declared gives up nothing that was promised before.
    const promised = bases.flatMap((base) => base.subjects.get(subject)?.level ?? []);
    return promised.length === 0 ? compatibility : leastLevelOver([compatibility, ...promised]);
  };
  return [
    ...shared.map((file) => ({
      subject: file.subject,
      file: file.file,
      schema: file.schema,
      text: file.text,
      hasReferences: file.references.length > 0,
      level: levelOf(file),
      readers: [],
    })),
    ...topics.map((topic) => ({
      subject: topic.subject,
      file: topic.file,
      schema: topic.schema,
      text: topic.text,
      hasReferences: topic.references.length > 0,
      level: topic.compatibilityDeclared ? topic.compatibility : levelOf(topic),
      topic,
      readers: byTopic.get(topic.topic) ?? [],
    })),
  ];
}

/** The `topic.yaml` beside a schema. */
export const topicFileOf = (file: string): string => join(dirname(file), "topic.yaml");
