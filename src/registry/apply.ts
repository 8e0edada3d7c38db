import type { Catalog, NamedReference } from "../catalog/index.ts";
import { findingText } from "./conflicts.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { RegistryError, type RegistryErrorKind } from "./errors.ts";
import type { Reference, Registry } from "./model.ts";
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
    /** The step was asked for, and no answer says whether it was done. */
    readonly inDoubt?: boolean;
    /** Whoever asked for it has ended it before this step. */
    readonly ended?: boolean;
    /** The steps that were refused before anything was done. */
    readonly refused?: readonly SchemaStep[];
  };
  /** Subjects that were registered from the folder, are not in it any more, and are in the registry still. */
  readonly removed: readonly RemovedSubject[];
  /** With `prune`, what neither folder nor registry have any more, such as what an apply deleted that was cut off. */
  readonly forgotten: readonly string[];
}

export interface ApplyOptions extends PlanOptions {
  /** Called when everything is planned, before the first step. */
  onBegin?(): void;
  onStep?(step: SchemaStep): void;
  /** Once it aborts, no further step is begun. */
  readonly signal?: AbortSignal;
}

/** Registers a catalog: nothing at all where the plan is refused, and no more after the first refusal. */
export async function applySchemas(
  registry: Registry,
  catalog: Catalog,
  options: ApplyOptions = {},
): Promise<SchemasApplied> {
  const { steps, refused, removed, forgotten } = await planSchemas(registry, catalog, options);
  const [first] = refused;
  if (first !== undefined) {
    return {
      done: [],
      left: steps,
      stopped: { step: first, messages: refused.flatMap(reasonsOf), refused },
      removed,
      forgotten,
    };
  }
  const entries = new Map(entriesOf(catalog).map((entry) => [entry.subject, entry]));
  const underway: Underway = { entries, versions: new Map(), kept: [], isAsked: false };
  const done: SchemaStep[] = [];
  options.onBegin?.();
  const removedStill = () => stillThere(removed, done, underway.kept);
  for (const [index, step] of steps.entries()) {
    if (options.signal?.aborted) {
      const stopped = { step, messages: [`ended by ${options.signal.reason} before it`], ended: true };
      return { done, left: steps.slice(index), stopped, removed: removedStill(), forgotten };
    }
    underway.isAsked = false;
    try {
      const taken = await take(registry, step, underway);
      if (taken === undefined) continue;
      done.push(taken);
      options.onStep?.(taken);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const inDoubt = underway.isAsked && UNANSWERED.has(error.kind);
      const messages = inDoubt ? [error.message, "no answer says whether it was done"] : [error.message];
      const stopped = { step, messages, error, inDoubt };
      return { done, left: steps.slice(index), stopped, removed: removedStill(), forgotten };
    }
  }
  return { done, left: [], removed: removedStill(), forgotten };
}

/** What a request ends with that the registry, or one before it, may have done all the same. */
const UNANSWERED: ReadonlySet<RegistryErrorKind> = new Set([
  "UNAVAILABLE",
  "UNREACHABLE",
  "TIMEOUT",
  "ANSWER_TOO_LARGE",
  "NOT_A_REGISTRY",
]);

interface Underway {
  readonly entries: ReadonlyMap<string, Entry>;
  /** The versions of what others refer to, as far as they are known. */
  readonly versions: Map<string, number>;
  /** Whether the step at hand has asked the registry to change something. */
  isAsked: boolean;
  /** Subjects that the registry does not delete, since it knows of somebody who refers to them. */
  readonly kept: RemovedSubject[];
}

/** Undefined where a subject turns out to be kept, which stops nothing. */
async function take(registry: Registry, step: SchemaStep, underway: Underway): Promise<SchemaStep | undefined> {
  switch (step.kind) {
    case "level":
      underway.isAsked = true;
      await registry.setLevel(step.subject, step.to);
      return step;
    case "register":
      return register(registry, step, underway);
    case "delete":
      return remove(registry, step, underway);
  }
}

async function register(registry: Registry, step: RegisterStep, underway: Underway): Promise<RegisterStep> {
  const { subject, text, references } = entryOf(underway.entries, step);
  if (step.version !== undefined) {
    underway.versions.set(subject, step.version);
    return step;
  }
  const named = await referencesNow(registry, references, underway);
  underway.isAsked = true;
  const id = await registry.register(subject, { text, references: named });
  return step.status === "untested" ? { ...step, status: "new version", messages: [], id } : { ...step, id };
}

/** The answer to a registration names the version only from Confluent 8.0 on: who refers to it asks for it. */
async function referencesNow(
  registry: Registry,
  references: readonly NamedReference[],
  { entries, versions }: Pick<Underway, "entries" | "versions">,
): Promise<readonly Reference[]> {
  const found: Reference[] = [];
  for (const { name, subject } of references) {
    const version = versions.get(subject) ?? (await versionNow(subject));
    versions.set(subject, version);
    found.push({ name, subject, version });
  }
  return found;

  async function versionNow(subject: string): Promise<number> {
    const { text, references: own } = entryOf(entries, { subject });
    const there = await registry.lookup(subject, {
      text,
      references: await referencesNow(registry, own, { entries, versions }),
    });
    if (there !== undefined) return there.version;
    throw new RegistryError("SCHEMA_NOT_FOUND", `the registry does not find ${subject}, which was registered before`);
  }
}

async function remove(registry: Registry, step: DeleteStep, underway: Underway): Promise<DeleteStep | undefined> {
  underway.isAsked = true;
  try {
    await registry.deleteSubject(step.subject);
    return step;
  } catch (error) {
    if (!(error instanceof RegistryError && error.kind === "REFERENCED")) throw error;
    // Apicurio counts deleted schemas too.
    underway.kept.push({
      subject: step.subject,
      versions: step.versions,
      keptBy: ["a schema that the registry still holds"],
    });
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
function entryOf(entries: ReadonlyMap<string, Entry>, { subject }: Pick<SchemaStep, "subject">): Entry {
  const entry = entries.get(subject);
  if (entry === undefined) throw new TypeError(`a step for ${subject}, which the catalog does not have`);
  return entry;
}
