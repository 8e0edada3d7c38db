import type { Format, FormatName } from "./format.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { sarif } from "./sarif.ts";
import { text } from "./text.ts";

export type { Format, FormatContext, FormatName } from "./format.ts";
export { REPORT_SCHEMA, reportJson } from "./json.ts";

/** Every format by its name, in the order in which `--help` lists them. */
export const FORMATS: Readonly<Record<FormatName, Format>> = { text, json, github, junit, sarif, gitlab, markdown };

/** The formats as the README's table. */
export function formatsTable(): string {
  const rows = Object.values(FORMATS).map(({ id, purpose }) => `| \`${id}\` | ${purpose} |`);
  return ["| format | what it is |", "|---|---|", ...rows].join("\n");
}
