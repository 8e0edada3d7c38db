import type { SchemaStep } from "../registry/index.ts";

/** A step of registering schemas as a row: a sign, what happens, to which subject, and from which file. */
export function stepRow(step: SchemaStep, refused: readonly SchemaStep[] = []): readonly string[] {
  return [refused.includes(step) ? "✗" : signOf(step), whatHappens(step), step.subject, step.file];
}

/** The reasons why the registry does not take a step, below the subject that they belong to. */
export function reasonsOf(step: SchemaStep, messages: readonly string[] = messagesOf(step)): string {
  return [
    `\n${step.subject} (${step.file})`,
    ...messages.map((message) => `  ${message.replaceAll("\n", "\n  ")}`),
    "",
  ].join("\n");
}

function messagesOf(step: SchemaStep): readonly string[] {
  if (step.kind === "register") return step.messages.length > 0 ? step.messages : ["the registry gives no reason"];
  return [
    `the level would go from ${step.inForce} to ${step.to}, which gives up a promise to readers;`,
    "--allow-lowering does it anyway",
  ];
}

function whatHappens(step: SchemaStep): string {
  if (step.kind === "register" && step.version !== undefined) {
    return `registered as version ${step.version} (id ${step.id})`;
  }
  if (step.kind === "register") return step.id === undefined ? step.status : `${step.status} (id ${step.id})`;
  if (step.own !== undefined) return `level ${step.to}, was ${step.own}`;
  return `level ${step.to} of its own; so far the registry's ${step.inForce} holds`;
}

const SIGNS = { first: "+", "new version": "+", unchanged: "=", incompatible: "✗", untested: "?" } as const;

function signOf(step: SchemaStep): string {
  return step.kind === "level" ? "~" : SIGNS[step.status];
}
