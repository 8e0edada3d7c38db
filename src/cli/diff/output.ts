import { type Command, Option } from "commander";
import { writeFor } from "../check/output.ts";
import { JSON_OPTION } from "../example.ts";
import type { Io } from "../io.ts";

export interface OutputOptions {
  readonly format?: "text" | "json" | "html";
  readonly html?: string;
  readonly json?: boolean;
}

/** One answer in each of the forms. Each is made only where it is asked for. */
export interface Forms {
  readonly text: () => string;
  readonly json: () => unknown;
  readonly html: () => string;
}

/** The options that say how to answer. */
export const withOutputOptions = (command: Command): Command =>
  command
    .addOption(new Option("--format <format>", "how to answer").choices(["text", "json", "html"]))
    .option("--html <file>", "write the answer as a page to this file too")
    .option(...JSON_OPTION);

/** Answers in the form asked for. */
export function answer(io: Io, forms: Forms, { format = "text", html, json }: OutputOptions): void {
  if (html !== undefined) writeFor(html, forms.html());
  if (json || format === "json") io.out(`${JSON.stringify(forms.json())}\n`);
  else io.out(format === "html" ? forms.html() : forms.text());
}
