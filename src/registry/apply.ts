import type { Catalog } from "../catalog/index.ts";
import { findingText } from "./conflicts.ts";
import { type Entry, entriesOf, versioned } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import type { Registry } from "./model.ts";
import { type PlanOptions, planSchemas } from "./plan.ts";
import type { DeleteStep, RegisterStep, RemovedSubject, SchemaStep } from "./steps.ts";

export interface SchemasApplied {
  /** In the order in which they were done; a schema that was there already counts as done. */
  readonly done: readonly SchemaStep[];
  readonly left: readonly SchemaStep[];
  /** Why it stopped; absent when everything was done. */
  readonly stopped?: {
    readonly step: SchemaStep;
    /** The reasons: our check's findings, and the registry's own, where it refused. */
    readonly messages: readonly string[];
    readonly error?: RegistryError;
    /** The steps that were refused before anything was done. */
    readonly refused?: readonly SchemaStep[];
  };
  /** Subjects that were registered from the folder, are not in it any more, and are in the registry still. */
  readonly removed: readonly RemovedSubject[];
}

export interface ApplyOptions extends PlanOptions {
  onStep?(step: SchemaStep): void;
}

/** Registers a catalog: nothing at all where the plan is refused, and no more after the first refusal. */
export async function applySchemas(
  registry: Registry,
  catalog: Catalog,
  options: ApplyOptions = {},
): Promise<SchemasApplied> {
  const { steps, refused, removed } = await planSchemas(registry, catalog, options);
  const [first] = refused;
  if (first !== undefined) {
    return { done: [], left: steps, stopped: { step: first, messages: refused.flatMap(reasonsOf), refused }, removed };
  }
  const entries = new Map(entriesOf(catalog).map((entry) => [entry.subject, entry]));
  const referenced = new Set(
    [...entries.values()].flatMap(({ references }) => references.map(({ subject }) => subject)),
  );
  const underway: Underway = { entries, versions: new Map(), referenced, kept: [] };
  const done: SchemaStep[] = [];
  const removedStill = () => stillThere(removed, done, underway.kept);
  for (const [index, step] of steps.entries()) {
    try {
      const taken = await take(registry, step, underway);
      if (taken === undefined) continue;
      done.push(taken);
      options.onStep?.(taken);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const stopped = { step, messages: [error.message], error };
      return { done, left: steps.slice(index), stopped, removed: removedStill() };
    }
  }
  return { done, left: [], removed: removedStill() };
}

interface Underway {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly versions: Map<string, number>;
  /** Subjects that others refer to, by their version. */
  readonly referenced: ReadonlySet<string>;
  /** Subjects that the registry does not delete, since it knows of somebody who refers to them. */
  readonly kept: RemovedSubject[];
}

/** Undefined where a subject turns out to be kept, which stops nothing. */
async function take(registry: Registry, step: SchemaStep, underway: Underway): Promise<SchemaStep | undefined> {
  switch (step.kind) {
    case "level":
      await registry.setLevel(step.subject, step.to);
      return step;
    case "register":
      return register(registry, step, underway);
    case "delete":
      return remove(registry, step, underway);
  }
}

/** Registers, and remembers the version for those that refer to it. */
async function register(
  registry: Registry,
  step: RegisterStep,
  { entries, versions, referenced }: Underway,
): Promise<RegisterStep> {
  const { subject, text, references } = entryOf(entries, step);
  if (step.version !== undefined) {
    versions.set(subject, step.version);
    return step;
  }
  const schema = { text, references: versioned(references, versions) ?? [] };
  const id = await registry.register(subject, schema);
  // The answer to a registration names the version only from Confluent 8.0 on.
  const registered = referenced.has(subject) ? await registry.lookup(subject, schema) : undefined;
  if (registered !== undefined) versions.set(subject, registered.version);
  return { ...step, id };
}

async function remove(registry: Registry, step: DeleteStep, { kept }: Underway): Promise<DeleteStep | undefined> {
  try {
    await registry.deleteSubject(step.subject);
    return step;
  } catch (error) {
    if (!(error instanceof RegistryError && error.kind === "REFERENCED")) throw error;
    // Apicurio counts deleted schemas too.
    kept.push({ subject: step.subject, versions: step.versions, keptBy: ["a schema that the registry still holds"] });
    return undefined;
  }
}

function stillThere(
  removed: readonly RemovedSubject[],
  done: readonly SchemaStep[],
  kept: readonly RemovedSubject[],
): readonly RemovedSubject[] {
  const deleted = new Set(done.filter(({ kind }) => kind === "delete").map(({ subject }) => subject));
  return removed
    .filter(({ subject }) => !deleted.has(subject))
    .map((one) => kept.find(({ subject }) => subject === one.subject) ?? one);
}

function reasonsOf(step: SchemaStep): string[] {
  if (step.kind === "register") return step.messages.map((message) => `${step.subject}: ${message}`);
  if (step.kind === "delete") return [];
  if (step.findings.length > 0) return step.findings.map((one) => `${step.subject}: ${findingText(one)}`);
  return [`${step.subject}: going from ${step.inForce} to ${step.to} gives up a promise; allow it explicitly`];
}

/** Steps are made from the entries, one by one. */
function entryOf(entries: ReadonlyMap<string, Entry>, { subject }: SchemaStep): Entry {
  const entry = entries.get(subject);
  if (entry === undefined) throw new TypeError(`a step for ${subject}, which the catalog does not have`);
  return entry;
}
