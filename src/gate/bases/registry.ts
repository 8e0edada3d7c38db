import { type CompatibilityLevel, plural, type Schema } from "../../avro/index.ts";
import { readCatalog } from "../../catalog/index.ts";
import type { Base, EarlierVersion, SubjectHistory } from "../model.ts";
import { BaseError } from "./error.ts";
import type { BaseParts } from "./index.ts";

/** What is asked of a registry. Every method may reject with an error of the registry's own. */
export interface HistoryRegistry {
  /** Ascending, without those that were deleted; empty for a subject that is not there. */
  versions(subject: string): Promise<readonly number[]>;
  version(subject: string, version: number): Promise<RegisteredVersion | undefined>;
  /** The level of a subject itself, or the registry's own without one. */
  level(subject?: string): Promise<CompatibilityLevel | undefined>;
}

export interface RegisteredVersion {
  readonly id: number;
  readonly version: number;
  readonly text: string;
  readonly schema: Schema;
}

/** Requests under way at once: enough to hide the network, few enough for any registry. */
const REQUESTS_MAX = 8;

/** All versions of each subject of the folder, as a registry has them. A subject that it does not know is new. */
export async function registryBase({ dir, reading, registry }: BaseParts): Promise<Base> {
  if (registry === undefined) {
    throw new BaseError("there is no registry to compare with", "SCHEMA_REGISTRY_URL names it.");
  }
  const { catalog } = reading ?? readCatalog(dir);
  const names = [...catalog.shared, ...catalog.topics].map(({ subject }) => subject);
  const general = await registry.level();
  const asking = names.map((subject) => () => askedFor(registry, subject, general));
  const answers = (await inParallel(asking)).filter((one) => one !== undefined);
  const versions = answers.flatMap(({ wanted, subject }) => wanted.map((version) => ({ subject, version })));
  const unreadable: string[] = [];
  const fetched = await inParallel(
    versions.map(({ subject, version }) => async () => {
      const found = await readable(registry, { subject, version }, unreadable);
      return found && { subject, earlier: earlierVersion(found) };
    }),
  );
  const bySubject = Map.groupBy(
    fetched.filter((one) => one !== undefined),
    ({ subject }) => subject,
  );
  const subjects = new Map<string, SubjectHistory>();
  for (const { subject, level } of answers) {
    const earlier = bySubject.get(subject)?.map((one) => one.earlier) ?? [];
    if (earlier.length > 0) subjects.set(subject, { subject, versions: earlier, ...(level && { level }) });
  }
  return { name: "registry", subjects, note: noteOf(unreadable) };
}

async function askedFor(registry: HistoryRegistry, subject: string, general: CompatibilityLevel | undefined) {
  const wanted = await registry.versions(subject);
  if (wanted.length === 0) return undefined;
  return { subject, wanted, level: (await registry.level(subject)) ?? general };
}

/** A schema that is not Avro, or none at all, is left out and told of: the others can still be compared with. */
async function readable(
  registry: HistoryRegistry,
  { subject, version }: { subject: string; version: number },
  unreadable: string[],
): Promise<RegisteredVersion | undefined> {
  try {
    return await registry.version(subject, version);
  } catch (error) {
    if (!(error instanceof Error && "kind" in error && error.kind === "INVALID_SCHEMA")) throw error;
    unreadable.push(`version ${version} of ${subject} can't be compared with: ${error.message}`);
    return undefined;
  }
}

function earlierVersion({ id, version, text, schema }: RegisteredVersion): EarlierVersion {
  return { label: `version ${version}`, version, id, text: compact(text), schema: () => schema };
}

/** Some registries hand out the text as it was sent. */
function compact(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

function noteOf(unreadable: readonly string[]): string {
  const [first] = unreadable;
  if (first === undefined) return "";
  return unreadable.length === 1 ? first : `${first} (and ${plural(unreadable.length - 1, "other version")})`;
}

/** Does all of it, a few at a time; answers in the order given. Stops at the first that fails. */
async function inParallel<Value>(work: readonly (() => Promise<Value>)[]): Promise<Value[]> {
  const done = new Map<number, Value>();
  const queue = work.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, one] of queue) {
      if (failed) return;
      try {
        done.set(index, await one());
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_MAX }, worker));
  return work.flatMap((_, index) => (done.has(index) ? [done.get(index) as Value] : [])); // Set just above.
}
