import { byCodeUnits } from "./order.ts";

/** What a schema carries besides itself, as its owner likes. Everything is sorted, and so two can be compared. */
export interface Metadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, string>>;
  /** Names of properties that are not to be shown around. */
  readonly sensitive?: readonly string[];
}

/** The property in which a schema that was registered under an explicit version carries it. */
const VERSION_PROPERTY = "confluent:version";

/** The later one wins, property by property. */
export function mergeMetadata(earlier: Metadata | undefined, later: Metadata | undefined): Metadata | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier;
  return sortedMetadata({
    tags: { ...earlier.tags, ...later.tags },
    properties: { ...earlier.properties, ...later.properties },
    sensitive: [...(earlier.sensitive ?? []), ...(later.sensitive ?? [])],
  });
}

/** Sorted, without duplicates and without what is empty. */
export function sortedMetadata({ tags = {}, properties = {}, sensitive = [] }: Metadata): Metadata {
  const sortedTags = sortedEntries(tags).map(
    ([name, values]) => [name, [...new Set(values)].sort(byCodeUnits)] as const,
  );
  const sortedProperties = sortedEntries(properties);
  const sortedSensitive = [...new Set(sensitive)].sort(byCodeUnits);
  return {
    ...(sortedTags.length > 0 && { tags: Object.fromEntries(sortedTags) }),
    ...(sortedProperties.length > 0 && { properties: Object.fromEntries(sortedProperties) }),
    ...(sortedSensitive.length > 0 && { sensitive: sortedSensitive }),
  };
}

export function sameMetadata(one: Metadata | undefined, other: Metadata | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The version that the metadata carries, where it is a number. */
export function versionIn(metadata: Metadata | undefined): number | undefined {
  const text = metadata?.properties?.[VERSION_PROPERTY];
  return text !== undefined && /^[+-]?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

export function carriesVersion(metadata: Metadata | undefined): boolean {
  return metadata?.properties?.[VERSION_PROPERTY] !== undefined;
}

export function withVersion(metadata: Metadata | undefined, version: number): Metadata {
  return sortedMetadata({
    ...metadata,
    properties: { ...metadata?.properties, [VERSION_PROPERTY]: String(version) },
  });
}

export function withoutVersion(metadata: Metadata): Metadata {
  const { [VERSION_PROPERTY]: _version, ...properties } = metadata.properties ?? {};
  return sortedMetadata({ ...metadata, properties });
}

/** Names of fields that are set apart for later (`confluent:reserved`). */
export function reservedFields(metadata: Metadata | undefined): string[] {
  const listed = metadata?.properties?.["confluent:reserved"] ?? "";
  return [...new Set(listed.split(",").map((name) => name.trim()))].filter((name) => name !== "");
}

function sortedEntries<Value>(given: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(given).sort(([one], [other]) => byCodeUnits(one, other));
}
