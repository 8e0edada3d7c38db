import {
  type CompatibilityLevel,
  checkCompatibility,
  type Incompatibility,
  LEVELS,
  type Schema,
} from "../avro/index.ts";
import type { Place } from "../catalog/index.ts";
import { mapBounded } from "./bounded.ts";
import { type Facts, versionIn } from "./facts.ts";
import type { Registry, SchemaVersion } from "./model.ts";
import type { SchemaFinding } from "./steps.ts";

/** Says of a break where it is in the files, and in which words. Without it, the words are those of the comparison. */
export type TellBreak = (one: {
  readonly subject: string;
  readonly file: string;
  /** The schema that cannot read. */
  readonly reader: Schema;
  readonly direction: SchemaFinding["direction"];
  readonly incompatibility: Incompatibility;
}) => { readonly place: Place; readonly message: string };

/**
 * What a level forbids of a schema, against every version that the level asks about: the registry stops at the first
 * version that conflicts, and checks under the level that it has, not under the one that it is about to get.
 */
export async function conflictsOf(
  registry: Registry,
  { entry, versions, latest }: Facts,
  { level, tell }: { readonly level: CompatibilityLevel; readonly tell?: TellBreak | undefined },
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
    { version, schema }: SchemaVersion,
    incompatibilities: readonly Incompatibility[],
  ): void {
    const { subject, file } = entry;
    const reader = direction === "BACKWARD" ? entry.schema : schema;
    for (const incompatibility of incompatibilities) {
      const { type, location, explanation } = incompatibility;
      const key = JSON.stringify([type, direction, location, explanation]);
      const known = found.get(key);
      const told: ReturnType<TellBreak> | undefined = tell?.({ subject, file, reader, direction, incompatibility });
      found.set(key, {
        rule: type,
        direction,
        path: location,
        message: told?.message ?? explanation,
        versions: [...(known?.versions ?? []), version],
        file: told?.place.file ?? file,
        ...(told !== undefined && { place: told.place }),
      });
    }
  }
}

/** A finding as one line: where, what, and against which versions. */
export function findingText({ rule, direction, message, versions, file, place }: SchemaFinding): string {
  const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  const side = direction === "BACKWARD" ? "cannot read" : "cannot be read by readers of";
  return `${where} ${rule} ${message} (${side} version ${versions.join(", ")})`;
}
