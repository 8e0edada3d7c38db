import type { Draft } from "./check/draft.ts";
import { fingerprintOf } from "./check/fingerprint.ts";
import { sift } from "./check/ignores.ts";
import { severityIn } from "./check/severity.ts";
import type { Finding, Report, Severity } from "./model.ts";
import type { GateSettings } from "./settings.ts";

/** What `gate.yaml` and the day make of what was found. */
export interface FinishOptions {
  readonly settings: GateSettings;
  /** Today's date, `2026-11-21`. */
  readonly today: string;
  /** What it was compared with, for what is said of entries that nothing needs. */
  readonly names: readonly string[];
  /** Subjects to tell of; all where it is left out. */
  readonly only: ReadonlySet<string> | undefined;
}

/** Makes findings of drafts, as far as their rules are on, and takes out what somebody has decided to live with. */
export function finished(
  drafts: readonly Draft[],
  { settings, today, names, only }: FinishOptions,
): Pick<Report, "findings" | "ignored"> {
  const severityOf = severityIn(settings);
  const isWanted = ({ subject, others = [] }: Draft) =>
    only === undefined || [subject, ...others].some((one) => only.has(one));
  const finish = (draft: Draft): Finding[] => {
    const severity = severityOf(draft.rule, draft.severity);
    if (severity === undefined || !isWanted(draft)) return [];
    const { named: _named, meaning: _meaning, others: _others, ...finding } = draft;
    return [{ ...finding, severity, fingerprint: fingerprintOf(draft) }];
  };
  const { findings, ignored, drafts: ofIgnores } = sift(drafts.flatMap(finish), { settings, today, names, only });
  return {
    findings: [...findings, ...ofIgnores.flatMap(finish)].sort(worstFirst),
    ignored: ignored.toSorted((a, b) => worstFirst(a.finding, b.finding)),
  };
}

const ORDER = { error: 0, warning: 1, info: 2 } as const satisfies Record<Severity, number>;

/** Errors before warnings before information; then by file and place; the rest only so that it is always the same. */
function worstFirst(a: Finding, b: Finding): number {
  return (
    ORDER[a.severity] - ORDER[b.severity] ||
    compared(a.place.file, b.place.file) ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    compared(a.rule, b.rule) ||
    compared(a.subject, b.subject) ||
    compared(a.fingerprint, b.fingerprint)
  );
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
