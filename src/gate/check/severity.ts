import type { RuleLevel, Severity } from "../model.ts";
import { RULES } from "../rules/index.ts";
import type { GateSettings } from "../settings.ts";

const WEIGHTS = { off: 0, info: 1, warning: 2, error: 3 } as const satisfies Record<RuleLevel, number>;

/**
 * What a finding counts as; undefined for one whose rule is off. A rule's setting stands for its usual findings; one that
 * is less than usual stays so, where the setting is not lower still.
 */
export function severityIn(settings: GateSettings): (rule: string, severity: Severity) => Severity | undefined {
  const usual = new Map(RULES.map(({ id, level }) => [id, level]));
  return (rule, severity) => {
    const set = settings.rules.get(rule);
    if (set === undefined) return severity;
    const isLess = WEIGHTS[severity] < WEIGHTS[usual.get(rule) ?? "error"];
    const level = isLess && WEIGHTS[set] > WEIGHTS[severity] ? severity : set;
    return level === "off" ? undefined : level;
  };
}
