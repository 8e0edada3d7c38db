import type { Changelog, ChangelogEntry } from "./changelog.ts";
import type { SchemaDiff } from "./compare.ts";
import { breaksText, changeText, fieldText, oneLine, signOf, summaryText } from "./words.ts";

const SIGNS = { "+": "added", "-": "removed", "~": "changed" } as const;

/** A changelog as a page of markdown, the newest first. */
export function changelogMarkdown({ entries, note }: Changelog): string {
  const parts = entries.map(entryText);
  const none = parts.length === 0 ? ["No schema has changed.\n"] : [];
  return ["# Changes of the schemas\n", ...parts, ...none, ...(note === "" ? [] : [`_${inline(note)}_\n`])].join("\n");
}

function entryText({ label, date, title, diffs }: ChangelogEntry): string {
  const day = date === undefined ? "" : `${date.slice(0, 10)} `;
  const heading = `## ${day}${date === undefined ? inline(label) : code(label)}${title === "" ? "" : ` ${inline(title)}`}`;
  return `${[heading, ...diffs.map(subjectText)].join("\n\n")}\n`;
}

function subjectText(diff: SchemaDiff): string {
  const lines = diff.changes.map((change) => {
    const { field, message } = change;
    const breaks = breaksText(change);
    const mark = breaks === "" ? "" : ` **${breaks}**:`;
    return `- ${SIGNS[signOf(change)]} ${field === "" ? "the schema" : code(fieldText(field))}: ${code(changeText(change))};${mark} ${inline(message)}`;
  });
  const typescript = diff.typescript.map(({ rule, message }) => `- \`${rule}\`: ${inline(message)}`);
  const head = `### ${code(diff.subject)}: ${summaryText(diff)}`;
  return [head, ...(lines.length + typescript.length > 0 ? ["", ...lines, ...typescript] : [])].join("\n");
}

/** Text in which nothing is markdown but the code that our own sentences hold. */
function inline(text: string): string {
  return oneLine(text)
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[\\`*_[\]<>#|~]/g, (sign) => `\\${sign}`)))
    .join("");
}

/** As code, whatever is in it. */
function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
