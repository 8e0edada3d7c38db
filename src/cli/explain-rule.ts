import { Command } from "commander";
import { nearest } from "../avro/index.ts";
import { RULES, type RuleText, shownExample } from "../gate/index.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import { ruleText } from "./explain-rule/rule-text.ts";
import type { Io } from "./io.ts";
import { columns } from "./table.ts";

/** Explains what a finding is about. Errors of Sluice itself are explained in `explain.ts`. */
export const explainRuleCommand = (io: Io): Command =>
  withExamples(
    new Command("explain")
      .description("Explain a rule of check or lint: what, why, what to do, with an example; without one, list all.")
      .argument("[rule]", "id of the rule, as findings have it")
      .option(...JSON_OPTION)
      .action((rule: string | undefined, options: { json?: boolean }) => explainRule(io, rule, options)),
    [
      ["sluice explain MISSING_ENUM_SYMBOLS", "one rule, with a change that breaks it and what `sluice check` says"],
      ["sluice explain", "all rules, with their levels"],
    ],
  );

function explainRule(io: Io, asked: string | undefined, { json }: { json?: boolean }): void {
  if (asked === undefined) {
    io.out(json ? `${JSON.stringify(RULES.map(summaryOf), null, 2)}\n` : listText());
    return;
  }
  const rule = ruleOf(asked);
  io.out(
    json
      ? `${JSON.stringify(jsonOf(rule), null, 2)}\n`
      : ruleText(rule, { width: widthOf(io), until: inThreeMonths() }),
  );
}

/** By its id, in whatever case, with `-` for `_`. */
function ruleOf(asked: string): RuleText {
  const id = asked.trim().toUpperCase().replace(/[-\s]/g, "_");
  const rule = RULES.find((one) => one.id === id);
  if (rule !== undefined) return rule;
  const ids = RULES.map((one) => one.id);
  const near = nearest(id, ids) ?? ids.find((one) => one.includes(id) && id.length > 3);
  throw new CommandFailed(
    `${asked}: no such rule${near === undefined ? "; `sluice explain` lists them" : `; did you mean ${near}?`}`,
  );
}

const FAMILIES: readonly (readonly [RuleText["family"], string])[] = [
  ["compatibility", "Bytes that a reader could not read, by Apache Avro's rules and under its names:"],
  ["typescript", "What every registry lets through, and programs in TypeScript notice:"],
  ["catalog", "The folder of schemas, its topics, and what is ignored:"],
  ["lint", "Style, by `sluice lint`:"],
];

function listText(): string {
  const width = Math.max(...RULES.map(({ id }) => id.length));
  const levels = Math.max(...RULES.map(({ level }) => level.length));
  const sections = FAMILIES.map(([family, title]) => {
    const rows = RULES.filter((rule) => rule.family === family);
    return `${title}\n${columns(rows.map(({ id, level, purpose }) => [`  ${id.padEnd(width)}`, level.padEnd(levels), purpose]))}`;
  });
  return `${sections.join("\n")}\n\`sluice explain RULE\` says more; the levels can be changed in gate.yaml, which it shows.\n`;
}

const summaryOf = ({ id, family, level, purpose }: RuleText) => ({ id, family, level, purpose });

function jsonOf(rule: RuleText): object {
  const { files, report, command } = shownExample(rule);
  const { id, family, level, purpose, why, todo, source = null } = rule;
  return { id, family, level, purpose, why, todo, source, example: { files, command, findings: report.findings } };
}

const widthOf = ({ terminal }: Io): number => Math.min(terminal?.columns ?? 100, 110);

/** Long enough to mend something, and short enough not to be forgotten. */
const inThreeMonths = (): string => new Date(Date.now() + 90 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
