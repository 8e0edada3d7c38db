import { type CompatibilityLevel, checkCompatibility, type Incompatibility, LEVELS } from "../avro/index.ts";
import type { Place, Places } from "../catalog/index.ts";
import { mapBounded } from "./bounded.ts";
import { type Facts, versionIn } from "./facts.ts";
import type { Registry, SchemaVersion } from "./model.ts";
import type { SchemaFinding } from "./steps.ts";

/**
 * What a level forbids of a schema, against every version that the level asks about: the registry stops at the first
 * version that conflicts, and checks under the level that it has, not under the one that it is about to get.
 */
export async function conflictsOf(
  registry: Registry,
  { entry, versions, latest }: Facts,
  { level, places }: { readonly level: CompatibilityLevel; readonly places?: Places | undefined },
): Promise<readonly SchemaFinding[]> {
  const { newReadsOld, oldReadsNew, against } = LEVELS[level];
  if (!newReadsOld && !oldReadsNew) return [];
  const asked = against === "latest" ? versions.slice(-1) : versions.toReversed();
  const earlier = await mapBounded(asked, async (version) =>
    version === latest?.version ? latest : versionIn(registry, entry.subject, version),
  );
  const found = new Map<string, SchemaFinding>();
  for (const version of earlier) {
    if (version === undefined) continue;
    if (newReadsOld) collect("BACKWARD", version, checkCompatibility(entry.schema, version.schema));
    if (oldReadsNew) collect("FORWARD", version, checkCompatibility(version.schema, entry.schema));
  }
  return [...found.values()];

  function collect(
    direction: SchemaFinding["direction"],
    { version }: SchemaVersion,
    incompatibilities: readonly Incompatibility[],
  ): void {
    for (const { type, location, explanation, readerPath, writerPath } of incompatibilities) {
      const own = direction === "BACKWARD" ? readerPath : writerPath;
      const key = JSON.stringify([type, direction, location, explanation]);
      const known = found.get(key);
      const place = places && placeOf(places, entry.file, own);
      found.set(key, {
        rule: type,
        direction,
        path: location,
        message: explanation,
        versions: [...(known?.versions ?? []), version],
        file: place?.file ?? entry.file,
        ...(place && { place }),
      });
    }
  }
}

function placeOf(places: Places, file: string, path: readonly string[]): Place {
  return places.at(places.follow(file, path));
}

/** A finding as one line: where, what, and against which versions. */
export function findingText({ rule, direction, message, versions, file, place }: SchemaFinding): string {
  const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  const side = direction === "BACKWARD" ? "cannot read" : "cannot be read by readers of";
  return `${where} ${rule} ${message} (${side} version ${versions.join(", ")})`;
}
