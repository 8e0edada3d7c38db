import {
  type CompatibilityLevel,
  checkCompatibility,
  type Incompatibility,
  type IncompatibilityType,
  LEVELS,
  type Level,
  type Schema,
} from "../../avro/index.ts";
import type { Candidate } from "./candidate.ts";
import { type Metadata, reservedFields } from "./metadata.ts";
import type { Version } from "./model.ts";
import type { RegistryParts } from "./parts.ts";
import type { LevelledSettings } from "./scope.ts";

/** How much of an old schema a message quotes. */
const QUOTED_LENGTH_MAX = 10 * 1024;

/** The versions that a schema is to follow; deleted ones are not among them. */
export interface Earlier {
  readonly latest: Version | undefined;
  /** Newest first; asked for only where the latest is not enough. */
  readonly all: () => readonly Version[];
}

/**
 * Why a schema may not follow earlier versions; empty where it may. The messages are
 * Confluent's, which people and programs read: they look like JSON and are none.
 */
export function conflictsWith(
  { parser }: Pick<RegistryParts, "parser">,
  candidate: Candidate,
  { versions, settings }: { readonly versions: Earlier; readonly settings: LevelledSettings },
): string[] {
  const { compatibilityLevel: name, compatibilityGroup: group, validateFields = false } = settings;
  const level: Level = LEVELS[name];
  const messages = validateFields ? reservedConflicts(candidate, versions.latest) : [];
  for (const version of versionsFor(level, candidate, { versions, group })) {
    const found = conflicts(level, candidate.parsed.schema, { schema: parser.stored(version).schema, version });
    messages.push(...found);
    if (found.length > 0) break;
  }
  if (messages.length === 0) return [];
  return [...messages, `{validateFields: '${validateFields}', compatibility: '${name satisfies CompatibilityLevel}'}`];
}

/** Which versions the level, and the group where there is one, ask about. */
function versionsFor(
  { newReadsOld, oldReadsNew, against }: Level,
  { metadata }: Candidate,
  { versions, group }: { readonly versions: Earlier; readonly group: string | undefined },
): readonly Version[] {
  if (!newReadsOld && !oldReadsNew) return [];
  if (group === undefined && against === "latest") return versions.latest === undefined ? [] : [versions.latest];
  const own = group === undefined ? undefined : groupOf(metadata, group);
  const inGroup = versions.all().filter((one) => group === undefined || groupOf(one.metadata, group) === own);
  return against === "latest" ? inGroup.slice(0, 1) : inGroup;
}

function groupOf(metadata: Metadata | undefined, group: string): string | undefined {
  return metadata?.properties?.[group];
}

function conflicts(
  { oldReadsNew, newReadsOld }: Level,
  added: Schema,
  { schema, version }: { readonly schema: Schema; readonly version: Version },
): string[] {
  const messages = [
    ...(oldReadsNew ? told(checkCompatibility(schema, added), { reader: "old", writer: "new" }) : []),
    ...(newReadsOld ? told(checkCompatibility(added, schema), { reader: "new", writer: "old" }) : []),
  ];
  if (messages.length === 0) return [];
  const { text } = version;
  const quoted =
    text.length <= QUOTED_LENGTH_MAX ? `'${text}'` : `<truncated> '${text.slice(0, QUOTED_LENGTH_MAX)}...'`;
  return [...messages, `{oldSchemaVersion: ${version.version}}`, `{oldSchema: ${quoted}}`];
}

interface Sides {
  readonly reader: "new" | "old";
  readonly writer: "new" | "old";
}

function told(found: readonly Incompatibility[], sides: Sides): string[] {
  return found.map((one) => {
    if (one.type === "CHECK_FAILED") return `Unexpected exception during compatibility check: ${one.message}`;
    const description = DESCRIPTIONS[one.type](one, sides);
    return `{errorType:'${one.type}', description:'${description}', additionalInfo:'${one.message}'}`;
  });
}

const DESCRIPTIONS: Readonly<
  Record<Exclude<IncompatibilityType, "CHECK_FAILED">, (found: Incompatibility, sides: Sides) => string>
> = {
  FIXED_SIZE_MISMATCH: ({ location }, { reader, writer }) =>
    `The size of FIXED type field at path '${location}' in the ${reader} schema does not match with the ${writer} schema`,
  TYPE_MISMATCH: ({ location }, { reader, writer }) =>
    `The type (path '${location}') of a field in the ${reader} schema does not match with the ${writer} schema`,
  NAME_MISMATCH: ({ location }) => `The name of the schema has changed (path '${location}')`,
  MISSING_ENUM_SYMBOLS: ({ location, message }, { reader, writer }) =>
    `The ${reader} schema is missing enum symbols '${message}' at path '${location}' in the ${writer} schema`,
  MISSING_UNION_BRANCH: ({ location }, { reader, writer }) =>
    `The ${reader} schema is missing a type inside a union field at path '${location}' in the ${writer} schema`,
  READER_FIELD_MISSING_DEFAULT_VALUE: ({ location, message }, { reader, writer }) =>
    `The field '${message}' at path '${location}' in the ${reader} schema has no default value and is missing in the ${writer} schema`,
};

/** Fields that are set apart stay so, and are not used. */
function reservedConflicts({ metadata, parsed }: Candidate, latest: Version | undefined): string[] {
  const reserved = reservedFields(metadata);
  const { root } = parsed.schema;
  const fields = root.type === "record" ? root.fields.map(({ name }) => name) : [];
  return [
    ...reservedFields(latest?.metadata)
      .filter((name) => !reserved.includes(name))
      .map(
        (name) =>
          `The new schema has reserved field ${name} removed from its metadata which is present in the old schema's metadata.`,
      ),
    ...reserved
      .filter((name) => fields.includes(name))
      .map((name) => `The new schema has field that conflicts with the reserved field ${name}.`),
  ];
}
