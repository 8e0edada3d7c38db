import type { Report } from "../model.ts";

/** The ways in which a report can be written. */
export type FormatName = "text" | "json" | "github" | "junit" | "sarif" | "gitlab" | "markdown";

/** What a format needs to know beside the report. */
export interface FormatContext {
  /** The command that answers, as one would type it: `sluice check`. */
  readonly command: string;
  /** The text of a file that the report names, without a byte order mark; undefined where it cannot be read. */
  readonly text: (file: string) => string | undefined;
  /** From the repository's root to the folder that the report's paths begin in: empty, or `services/orders/`. */
  readonly prefix: string;
  /** Whether to write escape sequences for colours: a terminal that wants them. */
  readonly colours: boolean;
  /** Columns of the terminal, where there is one: sentences are broken there, and not in the middle of a word. */
  readonly columns?: number;
  /** Whether warnings fail the command too. */
  readonly strict: boolean;
  /** Said at the end of the text; left out where the output has to be the same each time. */
  readonly tookMs?: number;
}

/** One way to write a report. Pure: the same report and context give the same text. */
export interface Format {
  readonly id: FormatName;
  /** For whom it is, as `--help` and the README say it. */
  readonly purpose: string;
  /** For standard output; ends with a line feed, or is empty. */
  write(report: Report, context: FormatContext): string;
  /** What belongs to the end of the file that `GITHUB_STEP_SUMMARY` names, where the format wants more said than it can. */
  summary?(report: Report, context: FormatContext): string;
}
