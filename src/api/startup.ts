import type { Catalog, NamedReference } from "../catalog/index.ts";
import type { Admin } from "../kafka/index.ts";
import type { Registry } from "../registry/index.ts";

/** Everything that keeps the API from being started, as sentences that say what to do. */
export class StartupError extends Error {
  override readonly name = "StartupError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const [first = "", ...others] = problems;
    super(others.length === 0 ? first : ["the API may not start:", ...problems].join("\n  "), options);
    this.problems = problems;
  }
}

/** What one attempt came to: a value, or sentences about why there is none. */
export type Attempt<T> = { readonly value: T } | { readonly problems: readonly string[] };

/** Waits for something of another process, at most `timeoutMs`; `what` is how a sentence about it begins. */
export async function attempt<T>(what: string, timeoutMs: number, start: () => Promise<T>): Promise<Attempt<T>> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return { value: await Promise.race([start(), late.promise]) };
  } catch (error) {
    if (error instanceof StartupError) return { problems: error.problems };
    return { problems: [`${what}: ${error instanceof Error ? error.message : String(error)}`] };
  } finally {
    clearTimeout(timer);
  }
}

/** @throws StartupError with the problems of all attempts. */
export function assertReached(attempts: readonly Attempt<unknown>[]): void {
  const problems = attempts.flatMap((one) => ("problems" in one ? one.problems : []));
  if (problems.length > 0) throw new StartupError(problems);
}

/**
 * The registry's id of each topic's schema. Nothing is registered here.
 * @throws StartupError with each topic whose schema is not registered.
 */
export async function findSchemaIds(
  registry: Pick<Registry, "lookup">,
  { shared, topics }: Pick<Catalog, "shared" | "topics">,
): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>();
  // In their order, since a reference is named by the version that it has in the registry.
  for (const { subject, text, references } of shared) {
    const named = versioned(references, versions);
    const found = named && (await registry.lookup(subject, { text, references: named }));
    if (found !== undefined) versions.set(subject, found.version);
  }
  const found = await Promise.all(
    topics.map(async ({ topic, subject, text, references }) => {
      const named = versioned(references, versions);
      const registered = named && (await registry.lookup(subject, { text, references: named }));
      return { topic, subject, id: registered?.id };
    }),
  );
  const missing = [
    ...shared.filter(({ subject }) => !versions.has(subject)),
    ...found.filter(({ id }) => id === undefined),
  ];
  if (missing.length > 0) {
    throw new StartupError(
      missing.map(({ subject }) => `schema ${subject} is not registered as it is here: run \`sluice apply\``),
    );
  }
  return new Map(found.flatMap(({ topic, id }) => (id === undefined ? [] : [[topic, id]])));
}

/** @throws StartupError with each topic that Kafka does not have. */
export async function assertTopics(admin: Pick<Admin, "topics">, { topics }: Pick<Catalog, "topics">): Promise<void> {
  const names = topics.map(({ topic }) => topic);
  const there = new Set((await admin.topics(names)).map(({ topic }) => topic));
  const missing = names.filter((name) => !there.has(name));
  if (missing.length > 0) {
    throw new StartupError(missing.map((name) => `topic ${name} is not in Kafka: run \`sluice topics apply\``));
  }
}

/** Undefined while one of them is not registered: then what names it is not registered either. */
function versioned(references: readonly NamedReference[], versions: ReadonlyMap<string, number>) {
  const found = references.flatMap(({ name, subject }) => {
    const version = versions.get(subject);
    return version === undefined ? [] : [{ name, subject, version }];
  });
  return found.length === references.length ? found : undefined;
}
