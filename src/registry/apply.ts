import type { Catalog } from "../catalog/index.ts";
import { RegistryError } from "./errors.ts";
import type { Registry } from "./model.ts";
import {
  type Entry,
  entriesOf,
  type PlanOptions,
  planSchemas,
  type RegisterStep,
  type SchemaStep,
  versioned,
} from "./plan.ts";

export interface SchemasApplied {
  /** In the order in which they were done; a schema that was there already counts as done. */
  readonly done: readonly SchemaStep[];
  readonly left: readonly SchemaStep[];
  /** Why it stopped; absent when everything was done. */
  readonly stopped?: {
    readonly step: SchemaStep;
    /** The reasons: the registry's own, where it refused. */
    readonly messages: readonly string[];
    readonly error?: RegistryError;
  };
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
  const { steps, refused } = await planSchemas(registry, catalog, options);
  const [first] = refused;
  if (first !== undefined) {
    return { done: [], left: steps, stopped: { step: first, messages: refused.flatMap(reasonsOf) } };
  }
  const entries = new Map(entriesOf(catalog).map((entry) => [entry.subject, entry]));
  const referenced = new Set(
    [...entries.values()].flatMap(({ references }) => references.map(({ subject }) => subject)),
  );
  const versions = new Map<string, number>();
  const done: SchemaStep[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const taken = await take(registry, step, { entry: entryOf(entries, step), versions, referenced });
      done.push(taken);
      options.onStep?.(taken);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return { done, left: steps.slice(index), stopped: { step, messages: [error.message], error } };
    }
  }
  return { done, left: [] };
}

interface Underway {
  readonly entry: Entry;
  readonly versions: Map<string, number>;
  /** Subjects that others refer to, by their version. */
  readonly referenced: ReadonlySet<string>;
}

async function take(registry: Registry, step: SchemaStep, underway: Underway): Promise<SchemaStep> {
  if (step.kind === "register") return register(registry, step, underway);
  await registry.setLevel(step.subject, step.to);
  return step;
}

/** Registers, and remembers the version for those that refer to it. */
async function register(
  registry: Registry,
  step: RegisterStep,
  { entry, versions, referenced }: Underway,
): Promise<RegisterStep> {
  const { subject, text, references } = entry;
  const schema = { text, references: versioned(references, versions) ?? [] };
  const id = step.status === "unchanged" ? step.id : await registry.register(subject, schema);
  // The answer to a registration names the version only from Confluent 8.0 on.
  const registered = referenced.has(subject) ? await registry.lookup(subject, schema) : undefined;
  if (registered !== undefined) versions.set(subject, registered.version);
  return { ...step, ...(id !== undefined && { id }) };
}

function reasonsOf(step: SchemaStep): string[] {
  if (step.kind === "register") return step.messages.map((message) => `${step.subject}: ${message}`);
  return [`${step.subject}: going from ${step.inForce} to ${step.to} gives up a promise; allow it explicitly`];
}

/** Steps are made from the entries, one by one. */
function entryOf(entries: ReadonlyMap<string, Entry>, { subject }: SchemaStep): Entry {
  const entry = entries.get(subject);
  if (entry === undefined) throw new TypeError(`a step for ${subject}, which the catalog does not have`);
  return entry;
}
