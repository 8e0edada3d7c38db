import { CatalogError, problemText } from "../catalog/index.ts";
import { ConfigError } from "../config.ts";
import { CommandFailed } from "./exit.ts";

/** An error as people read it: what is wrong and what to do. The stack only where it was asked for. */
export function explain(error: unknown, { stack = false }: { stack?: boolean } = {}): string {
  if (!(error instanceof Error)) return `sluice: ${String(error)}`;
  const sentence = sentenceOf(error);
  return stack && !(error instanceof CommandFailed && sentence === "") ? `${sentence}\n${stackOf(error)}` : sentence;
}

function sentenceOf(error: Error): string {
  if (error instanceof ConfigError) return listed("The settings are not usable:", error.problems);
  if (error instanceof CatalogError) {
    return listed("The schemas are not usable:", error.problems.map(problemText));
  }
  return error.message === "" ? "" : `sluice: ${error.message}`;
}

function listed(title: string, problems: readonly string[]): string {
  return [title, ...problems.map((problem) => `  ${problem.replaceAll("\n", "\n  ")}`)].join("\n");
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
