import type { Command } from "commander";

/** Ends the command's help with examples, each a line to type and what it does. */
export function withExamples(command: Command, examples: readonly (readonly [line: string, does: string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** The option that every command has whose result a program may want to read. */
export const JSON_OPTION = ["--json", "print the result as one JSON document"] as const;
