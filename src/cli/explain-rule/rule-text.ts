import { type ExampleFile, FORMATS, type RuleText, type ShownExample, shownExample } from "../../gate/index.ts";
import { wrap } from "../wrap.ts";
import { changedLines } from "./lines.ts";

const INDENT = "  ";

/** Everything about one rule, for people. */
export function ruleText(rule: RuleText, given: { readonly width: number; readonly until: string }): string {
  const { until } = given;
  const width = given.width - INDENT.length;
  const example = shownExample(rule);
  const hasBefore = rule.example.before !== undefined;
  const settings = settingsText(rule, { subject: example.report.findings[0]?.subject ?? "", until });
  const todo = rule.todo.map((sentence) => `- ${wrap(sentence, { width, indent: 2 })}`);
  const parts: readonly (readonly [title: string, text: string])[] = [
    [
      "",
      `${rule.id} (${rule.family}, ${rule.level})\n\n${wrap(rule.purpose, { width })}\n\n${wrap(rule.why, { width })}`,
    ],
    ["What to do", todo.join("\n")],
    [hasBefore ? "A change" : "What it is about", example.files.map((file) => fileText(file, hasBefore)).join("\n\n")],
    [`What \`${example.command}\` says of this example`, reportText(example, width)],
    [
      `In schemas/gate.yaml${settings.includes("subject: ") ? ", with the subject of your own finding" : ""}`,
      `${settings}${registryText(rule, width)}`,
    ],
    ...(rule.source === undefined ? [] : [["Where it is written", wrap(rule.source, { width })] as const]),
  ];
  const shown = parts.map(([title, text]) =>
    title === "" ? text : `${title}:\n\n${text.replace(/^(?=.)/gm, INDENT)}`,
  );
  return `${shown.join("\n\n")}\n`;
}

function fileText({ file, before, after }: ExampleFile, hasBefore: boolean): string {
  if (after === undefined) return `- ${file}`;
  const isNew = before === undefined && hasBefore;
  const lines = changedLines(isNew ? "" : (before ?? after), after);
  return [`${isNew ? "+" : " "} ${file}`, ...lines].join("\n");
}

/** What the command would print, without what it says of everything else. */
function reportText({ report, command, text }: ShownExample, columns: number): string {
  const only = { ...report, subjects: [], bases: [], ignored: [] };
  return FORMATS.text.write(only, { command, text, prefix: "", colours: false, strict: false, columns }).trimEnd();
}

/** What no setting changes. */
function registryText({ family }: RuleText, width: number): string {
  if (family !== "compatibility") return "";
  const text =
    "This is for `sluice check` alone. The registry goes by the level of the topic: `sluice apply` is refused until the break is gone, `sluice bump TOPIC` has made a new version of the topic, or `compatibility` in topic.yaml asks for less (`sluice apply --allow-lowering`).";
  return `\n\n${wrap(text, { width })}`;
}

/** How its level is changed, and how a finding is put off where it is about a subject. */
function settingsText({ id, level }: RuleText, { subject, until }: { subject: string; until: string }): string {
  const others = ["error", "warning", "info", '"off"'].filter((one) => one !== level);
  const lines = ["rules:", `  ${id}: ${level}  # or ${others.join(", ")}`];
  if (subject === "" || level === "info" || id.startsWith("IGNORE_")) return lines.join("\n");
  const entry = [`rule: ${id}`, `subject: ${subject}`, "reason: why it may stay, for whoever reads this later"];
  return [
    ...lines,
    "ignore:",
    `  - ${[...entry, `until: ${until}  # the last day; after it the finding counts again`].join("\n    ")}`,
  ].join("\n");
}
