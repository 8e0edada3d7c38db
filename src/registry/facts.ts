import type { CompatibilityLevel } from "../avro/index.ts";
import { mapBounded } from "./bounded.ts";
import type { Entry } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import type { Registry, SchemaVersion } from "./model.ts";

/** What the registry has of a subject of the catalog. */
export interface Facts {
  readonly entry: Entry;
  /** The subject's own level. */
  readonly own: CompatibilityLevel | undefined;
  /** Ascending. */
  readonly versions: readonly number[];
  /** Undefined where there is none, and where it is nothing that can be read. */
  readonly latest: SchemaVersion | undefined;
}

/** Asks about all subjects, some at a time: one after the other, each would wait for the network. */
export function factsOf(registry: Registry, entries: readonly Entry[]): Promise<Facts[]> {
  return mapBounded(entries, async (entry) => {
    const { subject } = entry;
    const [versions, own, latest] = await Promise.all([
      registry.versions(subject),
      registry.level(subject),
      versionIn(registry, subject, "latest"),
    ]);
    return { entry, own, versions, latest };
  });
}

/** A version of a subject; undefined also where it is no Avro, or refers to what is not there. */
export async function versionIn(
  registry: Registry,
  subject: string,
  version: number | "latest",
): Promise<SchemaVersion | undefined> {
  try {
    return await registry.version(subject, version);
  } catch (error) {
    // Nobody can compare with it; what the registry says of it still counts.
    if (error instanceof RegistryError && error.kind === "INVALID_SCHEMA") return undefined;
    throw error;
  }
}
