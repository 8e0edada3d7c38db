import type { CompatibilityLevel, Schema } from "../avro/index.ts";
import { type Catalog, includesLevel, leastLevelOver, type NamedReference } from "../catalog/index.ts";
import { RegistryError } from "./errors.ts";
import type { Reference, Registry } from "./model.ts";

/** One thing that registering a catalog does. */
export type SchemaStep = LevelStep | RegisterStep;

export interface LevelStep {
  readonly kind: "level";
  readonly subject: string;
  readonly file: string;
  /** The subject's own level; undefined where it has none. */
  readonly own: CompatibilityLevel | undefined;
  /** What holds now: the subject's own, else the registry's. */
  readonly inForce: CompatibilityLevel;
  readonly to: CompatibilityLevel;
  /** Gives up a promise that holds for versions already registered. Refused unless `allowLowering`. */
  readonly lowers: boolean;
}

export interface RegisterStep {
  readonly kind: "register";
  readonly subject: string;
  readonly file: string;
  /** `untested`: the registry can't say before it registers; it checks then. */
  readonly status: "first" | "new version" | "unchanged" | "incompatible" | "untested";
  /** The registry's reasons, where `status` is incompatible or untested. */
  readonly messages: readonly string[];
  /** Of a schema that is registered. */
  readonly id?: number;
  /** Of a schema that was registered before. */
  readonly version?: number;
}

export interface SchemaPlan {
  /** Levels first, then schemas in the order of their references. Levels that hold already are left out. */
  readonly steps: readonly SchemaStep[];
  /** The steps that stop `applySchemas` before it begins. */
  readonly refused: readonly SchemaStep[];
  /** Whether applying would change anything. */
  readonly changes: boolean;
}

export interface PlanOptions {
  /** Levels may give up promises. */
  readonly allowLowering?: boolean;
}

/** What is to be registered under one subject. */
export interface Entry {
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
  readonly text: string;
  readonly references: readonly NamedReference[];
  readonly compatibility: CompatibilityLevel;
  /** The level is the author's word; otherwise it may be raised to what is in force. */
  readonly compatibilityDeclared: boolean;
}

/** Everything that a catalog registers, in an order in which references resolve. */
export function entriesOf({ shared, topics }: Catalog): Entry[] {
  return [...shared.map((file) => ({ ...file, compatibilityDeclared: false })), ...topics];
}

/** The references with their versions; undefined while one of them has none. */
export function versioned(
  references: readonly NamedReference[],
  versions: ReadonlyMap<string, number>,
): Reference[] | undefined {
  const found = references.flatMap(({ name, subject }) => {
    const version = versions.get(subject);
    return version === undefined ? [] : [{ name, subject, version }];
  });
  return found.length === references.length ? found : undefined;
}

/** What registering this catalog would do. Changes nothing. */
export async function planSchemas(
  registry: Registry,
  catalog: Catalog,
  { allowLowering = false }: PlanOptions = {},
): Promise<SchemaPlan> {
  const entries = entriesOf(catalog);
  // What is there is asked for at once, for all subjects: one after the other, each would wait for the network.
  const [inGeneral = "BACKWARD", facts] = await Promise.all([
    registry.level(),
    Promise.all(entries.map((entry) => factsOf(registry, entry))),
  ]);
  const versions = new Map<string, number>();
  const levels: LevelStep[] = [];
  const schemas: RegisterStep[] = [];
  for (const { entry, own, isFirst } of facts) {
    const level = levelStep(entry, { own, inGeneral, isFirst });
    if (level.own !== level.to) levels.push(level);
    schemas.push(await registerStep(registry, entry, { level, isFirst, versions }));
  }
  const steps = [...levels, ...schemas];
  const refused = steps.filter((step) =>
    step.kind === "level" ? step.lowers && !allowLowering : step.status === "incompatible",
  );
  return { steps, refused, changes: levels.length > 0 || schemas.some(({ status }) => status !== "unchanged") };
}

interface Facts {
  readonly entry: Entry;
  /** The subject's own level. */
  readonly own: CompatibilityLevel | undefined;
  readonly isFirst: boolean;
}

async function factsOf(registry: Registry, entry: Entry): Promise<Facts> {
  const [versions, own] = await Promise.all([registry.versions(entry.subject), registry.level(entry.subject)]);
  return { entry, own, isFirst: versions.length === 0 };
}

function levelStep(
  { subject, file, compatibility, compatibilityDeclared }: Entry,
  { own, inGeneral, isFirst }: Omit<Facts, "entry"> & { readonly inGeneral: CompatibilityLevel },
): LevelStep {
  const inForce = own ?? inGeneral;
  const to = compatibilityDeclared ? compatibility : leastLevelOver([inForce, compatibility]);
  // A subject without versions and without a level of its own has promised nothing to anybody yet.
  const hasPromised = !isFirst || own !== undefined;
  return { kind: "level", subject, file, own, inForce, to, lowers: hasPromised && !includesLevel(to, inForce) };
}

async function registerStep(
  registry: Registry,
  { subject, file, schema, text, references }: Entry,
  { level, isFirst, versions }: { level: LevelStep; isFirst: boolean; versions: Map<string, number> },
): Promise<RegisterStep> {
  const step = { kind: "register", subject, file, messages: [] } as const;
  const found = versioned(references, versions);
  const registered = found && !isFirst ? await registry.lookup(subject, { text, references: found }) : undefined;
  if (registered !== undefined) {
    versions.set(subject, registered.version);
    return { ...step, status: "unchanged", id: registered.id, version: registered.version };
  }
  if (isFirst) return { ...step, status: "first" };
  // A reference that is not registered yet can't be named: its types are written out instead.
  const asked = found ? { text, references: found } : { text: JSON.stringify(schema.json), references: [] };
  try {
    const { compatible, messages } = await registry.compatible(subject, asked);
    if (level.to === level.inForce) return { ...step, status: compatible ? "new version" : "incompatible", messages };
    return { ...step, ...underNewLevel(compatible, messages, level) };
  } catch (error) {
    if (!(error instanceof RegistryError && error.kind === "INVALID_SCHEMA")) throw error;
    // Apicurio 2 can't test schemas with references, and says that they are invalid. They parsed here.
    return { ...step, status: "untested", messages: [`the registry could not test it: ${error.message}`] };
  }
}

/** The registry tests under the level in force. What that says about another level. */
function underNewLevel(
  compatible: boolean,
  messages: readonly string[],
  { inForce, to }: LevelStep,
): Pick<RegisterStep, "status" | "messages"> {
  if (compatible && includesLevel(inForce, to)) return { status: "new version", messages: [] };
  if (!compatible && includesLevel(to, inForce)) return { status: "incompatible", messages };
  const verdict = compatible ? "accepts" : "refuses";
  return {
    status: "untested",
    messages: [`the level goes to ${to} first; under ${inForce} the registry ${verdict} it`],
  };
}
