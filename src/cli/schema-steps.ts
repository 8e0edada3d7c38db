import {
  type Compared,
  driftText,
  findingText,
  type LockState,
  type RegisterStep,
  type RemovedSubject,
  type SchemaStep,
} from "../registry/index.ts";
import { columns } from "./table.ts";

/** A step of registering schemas as a row: a sign, what happens, to which subject, and from which file. */
export function stepRow(step: SchemaStep, refused: readonly SchemaStep[] = []): readonly string[] {
  return [refused.includes(step) ? "✗" : signOf(step), whatHappens(step), step.subject, step.file];
}

/** The reasons why a step is not taken, or says less than it seems, below the subject that they belong to. */
export function reasonsOf(step: SchemaStep, messages: readonly string[] = messagesOf(step)): string {
  return [
    `\n${step.subject} (${step.file})`,
    ...messages.map((message) => `  ${message.replaceAll("\n", "\n  ")}`),
    "",
  ].join("\n");
}

/** What comes next where a break is meant: `gate.yaml` says what `check` is to ignore, and moves no registry. */
export function meantText(refused: readonly SchemaStep[]): string {
  const broken = refused.filter((step) => step.kind === "register" && step.status === "incompatible");
  const [topic] = broken.flatMap(({ subject }) => /^(.+)\.v\d+-value$/.exec(subject)?.[1] ?? []);
  if (broken.length === 0) return "";
  const bump = topic === undefined ? "" : `\`sluice bump ${topic}\` makes a new version of the topic, or `;
  return `\nWhat gate.yaml ignores is refused here all the same: the registry goes by the level. Where a break is meant:\n${bump}\`compatibility\` in topic.yaml asks for less, with --allow-lowering.\n`;
}

/** Schemas whose registration changes nothing although the folder is behind the registry. */
export const isRolledBack = (step: SchemaStep): step is RegisterStep =>
  step.kind === "register" && step.status === "rolled back";

/** Schemas of which the registry says only when they are registered whether it takes them. */
export const isUntested = (step: SchemaStep): boolean => step.kind === "register" && step.status === "untested";

/** What was registered from here and is not in the folder any more, and what to do about it. */
export function removedText(removed: readonly RemovedSubject[], pruned: boolean): string {
  if (removed.length === 0) return "";
  const rows = removed.map(({ subject, versions, keptBy }) => {
    const kept =
      keptBy.length === 0 ? "" : `, kept: ${keptBy.join(", ")} ${keptBy.length === 1 ? "refers" : "refer"} to it`;
    return ["-", `${versionsText(versions)} in the registry${kept}`, subject];
  });
  const free = removed.filter(({ keptBy }) => keptBy.length === 0).length;
  const hint =
    pruned || free === 0 ? "" : "`sluice apply --prune` deletes what nobody refers to; its ids stay readable.\n";
  return `\nNot in the folder any more\n${columns(rows)}${hint}`;
}

/** How the registry differs from what the lock says that it had. */
export function driftSection({ drift }: Pick<Compared, "drift">): string {
  if (drift.length === 0) return "";
  const missing = drift.filter(({ kind }) => kind === "missing version");
  const isFolded = missing.length > MISSING_SHOWN_MAX;
  const rows = drift
    .filter((one) => !isFolded || !missing.includes(one))
    .map((one) => ["!", driftText(one), one.subject]);
  if (isFolded) rows.push(["!", `${missing.length} versions are in the lock and not in the registry: ${ELSEWHERE}`]);
  return `\nDrift: the registry was changed by somebody else\n${columns(rows)}`;
}

/** More versions than that were hardly deleted one by one. */
const MISSING_SHOWN_MAX = 2;
const ELSEWHERE = "it is another registry, or they were deleted there";

/** What there is to say of the lock. */
export function lockText({ lock, stale }: Pick<Compared, "lock" | "stale">, file: string): string {
  const sentence = LOCK_SENTENCES[lock];
  return sentence === "" ? "" : `\n${file}${sentence}${lock === "stale" ? `: ${stale.join(", ")}` : ""}.\n`;
}

const LOCK_SENTENCES: Readonly<Record<LockState, string>> = {
  current: "",
  missing: " is not there; `sluice apply` writes it",
  stale: " is behind the registry; `sluice apply` brings it up to date",
  "of another registry":
    " is of another registry, which gives the same versions other ids; nothing is compared with it",
  "nothing in common":
    " has versions of which the registry has none: it is another registry, or everything was deleted from it; `sluice apply --replace-lock` writes it for this one",
  "of this machine":
    " is not compared with this registry, which serves this machine alone: the lock belongs to the one that all share",
};

function messagesOf(step: SchemaStep): readonly string[] {
  if (step.kind === "register") return registerMessages(step);
  if (step.kind === "delete") return [];
  if (step.findings.length > 0) {
    return [
      `the level can't go from ${step.inForce} to ${step.to}: what is registered already breaks it`,
      ...step.findings.map(findingText),
    ];
  }
  return [
    `the level would go from ${step.inForce} to ${step.to}, which gives up a promise to readers;`,
    "--allow-lowering does it anyway",
  ];
}

function registerMessages({ messages, findings, verdict }: RegisterStep): readonly string[] {
  if (findings.length === 0) return messages.length > 0 ? messages : ["the registry gives no reason"];
  // The registry checks under the level that it has, and stops at the first version that conflicts.
  const accepts = verdict?.compatible ? ["the registry's own check lets it pass"] : [];
  return [...findings.map(findingText), ...accepts];
}

function whatHappens(step: SchemaStep): string {
  switch (step.kind) {
    case "register":
      return registration(step);
    case "delete":
      return `deleted, ${versionsText(step.versions)}`;
    case "level":
      if (step.own !== undefined) return `level ${step.to}, was ${step.own}`;
      return `level ${step.to}, ${step.to === step.inForce ? "so far by" : `was ${step.inForce} by`} the registry's default`;
  }
}

function registration({ status, version, latest, id }: RegisterStep): string {
  if (latest !== undefined) return `rolled back to version ${version} (id ${id}); version ${latest} stays the latest`;
  if (version !== undefined) return `registered as version ${version} (id ${id})`;
  return id === undefined ? status : `${status} (id ${id})`;
}

const SIGNS = {
  first: "+",
  "new version": "+",
  unchanged: "=",
  "rolled back": "<",
  incompatible: "✗",
  untested: "?",
} as const;

function signOf(step: SchemaStep): string {
  if (step.kind === "delete") return "-";
  return step.kind === "level" ? "~" : SIGNS[step.status];
}

const versionsText = (versions: readonly number[]): string =>
  versions.length === 1 ? `version ${versions[0]}` : `${versions.length} versions`;
