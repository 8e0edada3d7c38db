import { COMPATIBILITY_LEVELS } from "../../avro/index.ts";
import type { Changelog } from "./changelog.ts";
import type { SchemaDiff } from "./compare.ts";
import { breaksText, changeText, fieldText, oneLine, reasonsOf, signOf, summaryText, verdictText } from "./words.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #30363d); --soft: light-dark(#57606a, #9198a1);
  --plus: light-dark(#1a7f37, #3fb950); --minus: light-dark(#cf222e, #f85149); --other: light-dark(#9a6700, #d29922); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #e6edf3); }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin-top: 1.5rem } p, td small { color: var(--soft) }
table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: 600 }
td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td:first-child { width: 1rem; font-weight: 700; font-family: ui-monospace, monospace }
td:nth-child(2) { min-width: 12rem } code { font: .9em ui-monospace, monospace; overflow-wrap: break-word }
b.breaks { font-size: .85em; font-weight: 600 }
.plus { color: var(--plus) } .minus, .breaks { color: var(--minus) } .other { color: var(--other) }
.levels td, .levels th { width: auto; min-width: 0; text-align: center; font: .8rem ui-monospace, monospace }
`;

/** A page of its own: nothing is loaded from anywhere, and nothing runs. */
export function diffHtml(diffs: readonly SchemaDiff[]): string {
  const body =
    diffs.length === 0 ? "<p>No schema has changed.</p>" : diffs.map((diff) => sectionOf(diff, "h2")).join("");
  return page("Changes of schemas", body);
}

/** The same of a changelog, the newest first. */
export function changelogHtml({ entries, note }: Changelog): string {
  const parts = entries.map(({ label, date, title, diffs }) => {
    const day = date === undefined ? "" : `${text(date.slice(0, 10))} `;
    const heading = `<h2>${day}<code>${text(label)}</code> ${text(title)}</h2>`;
    return `<section>${heading}${diffs.map((diff) => sectionOf(diff, "h3")).join("")}</section>`;
  });
  const none = parts.length === 0 ? "<p>No schema has changed.</p>" : "";
  return page("Changes of the schemas", `${parts.join("")}${none}${note === "" ? "" : `<p>${text(note)}</p>`}`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}

function sectionOf(diff: SchemaDiff, heading: "h2" | "h3"): string {
  const { subject, older, newer, changes } = diff;
  const names = [older === undefined ? "" : `from ${older}`, newer === undefined ? "" : `to ${newer}`].join(" ");
  const head = `<${heading}><code>${text(subject)}</code>: ${text(summaryText(diff))}</${heading}><p>${text(names)}</p>`;
  if (older === undefined || newer === undefined || changes.length === 0) return `<section>${head}</section>\n`;
  return `<section>${head}${changesTable(diff)}${verdictsOf(diff)}${typescriptOf(diff)}</section>\n`;
}

const CLASSES = { "+": "plus", "-": "minus", "~": "other" } as const;

function changesTable({ changes }: SchemaDiff): string {
  const rows = changes.map((change) => {
    const sign = signOf(change);
    const breaks = breaksText(change);
    const mark = breaks === "" ? "" : ` <b class="breaks">${breaks}</b>`;
    return `<tr><td class="${CLASSES[sign]}">${sign}</td><td><code>${text(fieldText(change.field))}</code></td><td><code>${text(changeText(change))}</code>${mark}<br><small>${sentence(change.message)}</small></td></tr>`;
  });
  return `<table>${rows.join("\n")}</table>`;
}

function verdictsOf(diff: SchemaDiff): string {
  const reasons = reasonsOf(diff).map((reason) => `<li>${sentence(reason)}</li>`);
  const levels = COMPATIBILITY_LEVELS.map((level) => `<th>${level}</th>`).join("");
  const answers = COMPATIBILITY_LEVELS.map((level) =>
    diff.levels[level] ? '<td class="plus">yes</td>' : '<td class="minus">no</td>',
  ).join("");
  const list = reasons.length === 0 ? "" : `<ul>${reasons.join("")}</ul>`;
  return `<p>${verdictText(diff)}</p>${list}<table class="levels"><tr>${levels}</tr><tr>${answers}</tr></table>`;
}

function typescriptOf({ typescript }: SchemaDiff): string {
  if (typescript.length === 0) return "";
  const items = typescript.map(({ rule, message }) => `<li><code>${rule}</code> ${sentence(message)}</li>`);
  return `<p>In TypeScript:</p><ul>${items.join("")}</ul>`;
}

/** With what our sentences set in backticks as code. */
function sentence(given: string): string {
  return text(given).replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text of a schema's, in which nothing is a tag. */
function text(given: string): string {
  return oneLine(given).replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
