import type { CompatibilityLevel } from "../avro/index.ts";
import { type Catalog, includesLevel, LOCK_FILE, type Lock, leastLevelOver } from "../catalog/index.ts";
import { createBound, mapBounded } from "./bounded.ts";
import { conflictsOf, type TellBreak } from "./conflicts.ts";
import { type Compared, compareWithLock } from "./drift.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { type Facts, factsOf } from "./facts.ts";
import type { Registry } from "./model.ts";
import { registerStep } from "./register-step.ts";
import { removedSubjects } from "./removed.ts";
import {
  changesSomething,
  type DeleteStep,
  type LevelStep,
  type RegisterStep,
  type RemovedSubject,
  type SchemaStep,
} from "./steps.ts";

export interface SchemaPlan {
  /** Levels first, then schemas in the order of their references, then deletes. Levels that hold already are left out. */
  readonly steps: readonly SchemaStep[];
  /** The steps that stop `applySchemas` before it begins. */
  readonly refused: readonly SchemaStep[];
  /** Whether applying would change anything. */
  readonly changes: boolean;
  /** What was registered from the folder and is not in it any more. With `prune` those without `keptBy` are steps. */
  readonly removed: readonly RemovedSubject[];
  /** What neither folder nor registry have any more: with `prune` it leaves the lock too. */
  readonly forgotten: readonly string[];
  /** How registry, folder and lock differ besides the steps. */
  readonly compared: Compared;
}

export interface PlanOptions {
  /** Levels may give up promises. */
  readonly allowLowering?: boolean;
  /** Subjects that were registered from the folder and are not in it any more are deleted. */
  readonly prune?: boolean;
  /** What the registry had when the catalog was applied last. */
  readonly lock?: Lock | undefined;
  /** Says where in the files a finding is, and in which words. */
  readonly tell?: TellBreak | undefined;
}

/** What registering this catalog would do. Changes nothing. */
export async function planSchemas(
  registry: Registry,
  catalog: Catalog,
  { allowLowering = false, prune = false, lock, tell }: PlanOptions = {},
): Promise<SchemaPlan> {
  const entries = entriesOf(catalog);
  const inFolder = new Set(entries.map(({ subject }) => subject));
  const [inGeneral = "BACKWARD", facts, { removed, forgotten }, name] = await Promise.all([
    registry.level(),
    factsOf(registry, entries),
    removedSubjects(registry, lock, inFolder),
    registry.name(),
  ]);
  const levels = new Map(facts.map((one) => [one.entry.subject, levelStep(one, inGeneral)]));
  const schemas = await registerSteps(registry, facts, { levels, tell });
  const changed = await changedLevels(registry, facts, { levels, schemas, tell });
  const deletes = prune ? removed.filter(({ keptBy }) => keptBy.length === 0).map(deleteStep) : [];
  const steps: SchemaStep[] = [...changed, ...schemas, ...deletes];
  return {
    steps,
    refused: steps.filter((step) => isRefused(step, allowLowering)),
    changes: steps.some(changesSomething),
    removed,
    forgotten: prune ? forgotten : [],
    compared: await compareWithLock(registry, facts, { lock, steps: schemas, name }),
  };
}

function isRefused(step: SchemaStep, allowLowering: boolean): boolean {
  if (step.kind === "level") return (step.lowers && !allowLowering) || step.findings.length > 0;
  return step.kind === "register" && step.status === "incompatible";
}

const deleteStep = (removed: RemovedSubject): DeleteStep => ({ kind: "delete", file: LOCK_FILE, ...removed });

/** Each schema after those that it refers to; those that do not wait for one another some at a time. */
async function registerSteps(
  registry: Registry,
  facts: readonly Facts[],
  { levels, tell }: { levels: ReadonlyMap<string, LevelStep>; tell: TellBreak | undefined },
): Promise<RegisterStep[]> {
  const bound = createBound();
  const versions = new Map<string, number>();
  const underway = new Map<string, Promise<RegisterStep>>();
  for (const one of facts) {
    const { subject, references } = one.entry;
    // What is referenced comes first in the list, and so its promise is there.
    const before = references.flatMap((reference) => underway.get(reference.subject) ?? []);
    const level = levels.get(subject);
    if (level === undefined) throw new TypeError(`no level for ${subject}`);
    const planned = Promise.all(before).then(() =>
      bound(async () => {
        const step = await registerStep(registry, one, { level, versions, tell });
        if (step.version !== undefined) versions.set(subject, step.version);
        return step;
      }),
    );
    underway.set(subject, planned);
  }
  return Promise.all(underway.values());
}

/**
 * The levels that do not hold yet. A registry sets one without a look at what it has: where no schema comes that would be
 * checked under it, what is registered is.
 */
function changedLevels(
  registry: Registry,
  facts: readonly Facts[],
  {
    levels,
    schemas,
    tell,
  }: {
    levels: ReadonlyMap<string, LevelStep>;
    schemas: readonly RegisterStep[];
    tell: TellBreak | undefined;
  },
): Promise<LevelStep[]> {
  const registered = new Set(schemas.filter((step) => !changesSomething(step)).map(({ subject }) => subject));
  const changed = facts.flatMap((one) => {
    const step = levels.get(one.entry.subject);
    return step === undefined || step.own === step.to ? [] : [{ one, step }];
  });
  return mapBounded(changed, async ({ one, step }) => {
    const asksMore = !includesLevel(step.inForce, step.to);
    if (!asksMore || !registered.has(step.subject)) return step;
    return { ...step, findings: await conflictsOf(registry, one, { level: step.to, tell }) };
  });
}

function levelStep({ entry, own, versions }: Facts, inGeneral: CompatibilityLevel): LevelStep {
  const { subject, file, compatibility, compatibilityDeclared }: Entry = entry;
  const inForce = own ?? inGeneral;
  const to = compatibilityDeclared ? compatibility : leastLevelOver([inForce, compatibility]);
  // A subject without versions and without a level of its own has promised nothing to anybody yet.
  const hasPromised = versions.length > 0 || own !== undefined;
  const lowers = hasPromised && !includesLevel(to, inForce);
  return { kind: "level", subject, file, own, inForce, to, lowers, findings: [] };
}
