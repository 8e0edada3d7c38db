import { sameSchema } from "../avro/index.ts";
import { includesLevel } from "../catalog/index.ts";
import { conflictsOf, findingText, type TellBreak } from "./conflicts.ts";
import { versioned } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import type { Facts } from "./facts.ts";
import type { Reference, Registry, SchemaText, SchemaVersion } from "./model.ts";
import type { LevelStep, RegisterStep } from "./steps.ts";

export interface RegisterParts {
  readonly level: LevelStep;
  /** The version that each referenced subject has, where its schema is registered as it is in the folder. */
  readonly versions: ReadonlyMap<string, number>;
  readonly tell?: TellBreak | undefined;
}

/** What registering one schema would do, and whether its level and the registry allow it. */
export async function registerStep(
  registry: Registry,
  facts: Facts,
  { level, versions, tell }: RegisterParts,
): Promise<RegisterStep> {
  const { subject, file, schema, text, references } = facts.entry;
  const step = { kind: "register", subject, file, messages: [], findings: [] } as const;
  if (facts.versions.length === 0) return { ...step, status: "first" };
  const found = versioned(references, versions);
  const registered = found && (await whereItIs(registry, facts, found));
  if (registered !== undefined) return { ...step, ...known(registered, facts.versions.at(-1)) };
  const findings = await conflictsOf(registry, facts, { level: level.to, tell });
  // A reference that is not registered yet can't be named: its types are written out instead.
  const asked = found ? { text, references: found } : { text: JSON.stringify(schema.json), references: [] };
  const verdict = await verdictOf(registry, subject, asked);
  const told = { ...step, findings, ...(typeof verdict === "object" && { verdict }) };
  if (findings.length > 0) return { ...told, status: "incompatible", messages: findings.map(findingText) };
  if (typeof verdict === "string") return { ...told, status: "untested", messages: [verdict] };
  return { ...told, ...underLevel(verdict, level) };
}

/** The version that has this schema: the latest where that is the same, however it is written; else the registry knows. */
async function whereItIs(
  registry: Registry,
  { entry: { subject, schema, text }, latest }: Facts,
  references: readonly Reference[],
): Promise<{ readonly id: number; readonly version: number } | undefined> {
  const isLatest = latest !== undefined && refersTo(latest, references) && sameSchema(schema, latest.schema);
  return isLatest ? latest : registry.lookup(subject, { text, references });
}

/**
 * Whether a version names these references. Their order makes no schema another one, nor do those that a registration
 * names besides, which its other references lead to.
 */
function refersTo({ references: named }: SchemaVersion, references: readonly Reference[]): boolean {
  if (references.length === 0) return named.length === 0;
  return references.every(({ name, subject, version }) =>
    named.some((one) => one.name === name && one.subject === subject && one.version === version),
  );
}

function known(
  { id, version }: { readonly id: number; readonly version: number },
  latest: number | undefined,
): Pick<RegisterStep, "status" | "id" | "version" | "latest" | "messages"> {
  if (latest === undefined || version >= latest) return { status: "unchanged", id, version, messages: [] };
  const message = `this is version ${version}, and the registry's latest is version ${latest}: it stays the latest`;
  return { status: "rolled back", id, version, latest, messages: [message] };
}

/** What the registry says, or why it can't. */
async function verdictOf(
  registry: Registry,
  subject: string,
  asked: SchemaText,
): Promise<{ readonly compatible: boolean; readonly messages: readonly string[] } | string> {
  try {
    return await registry.compatible(subject, asked);
  } catch (error) {
    if (!(error instanceof RegistryError && error.kind === "INVALID_SCHEMA")) throw error;
    // Apicurio 2 can't test schemas with references, and says that they are invalid. They parsed here.
    return `the registry could not test it: ${error.message}`;
  }
}

/** The registry tests under the level in force. What that says about the level that comes first. */
function underLevel(
  { compatible, messages }: { readonly compatible: boolean; readonly messages: readonly string[] },
  { inForce, to }: LevelStep,
): Pick<RegisterStep, "status" | "messages"> {
  if (to === inForce) return { status: compatible ? "new version" : "incompatible", messages };
  if (compatible && includesLevel(inForce, to)) return { status: "new version", messages: [] };
  if (!compatible && includesLevel(to, inForce)) return { status: "incompatible", messages };
  const verdict = compatible ? "accepts" : "refuses";
  return {
    status: "untested",
    messages: [`the level goes to ${to} first; under ${inForce} the registry ${verdict} it`],
  };
}
