import type { Finding, IgnoredFinding } from "../model.ts";
import type { GateSettings, Ignore } from "../settings.ts";
import { type Draft, plainDraft } from "./draft.ts";

/** The findings that count, those that somebody lives with, and what is to be said of `ignore` itself. */
export interface Sifted {
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
  readonly drafts: readonly Draft[];
}

/** Takes out what `gate.yaml` says to ignore. An entry that is over counts no more, and one that nothing needs is told. */
export function sift(
  found: readonly Finding[],
  {
    settings,
    today,
    names,
    only,
  }: {
    readonly settings: GateSettings;
    readonly today: string;
    /** Names of the bases. */
    readonly names: readonly string[];
    readonly only: ReadonlySet<string> | undefined;
  },
): Sifted {
  const { ignores } = settings;
  const needed = new Set<Ignore>();
  const ignored: IgnoredFinding[] = [];
  const findings = found.filter((finding) => {
    const meant = ignores.filter((ignore) => means(ignore, finding));
    for (const ignore of meant) needed.add(ignore);
    const holds = meant.find(({ until }) => until >= today);
    if (holds !== undefined) ignored.push({ finding, reason: holds.reason, until: holds.until });
    return holds === undefined;
  });
  const drafts = ignores.flatMap((ignore) => {
    if (needed.has(ignore)) return ignore.until < today ? expired(ignore) : [];
    return only === undefined || only.has(ignore.subject) ? unused(ignore, names) : [];
  });
  return { findings, ignored, drafts };
}

const means = ({ rule, subject, fingerprint }: Ignore, finding: Finding): boolean =>
  rule === finding.rule && subject === finding.subject && (fingerprint ?? finding.fingerprint) === finding.fingerprint;

function expired({ rule, subject, until, reason, fingerprint, place }: Ignore): Draft {
  return plainDraft({
    rule: "IGNORE_EXPIRED",
    severity: "warning",
    subject,
    message: `${rule} in ${subject} was ignored until ${until} and counts again: ${reason}`,
    help: "Mend it now, or decide anew and write a later date.",
    place,
    meaning: [rule, fingerprint ?? ""].join(" "),
  });
}

function unused({ rule, subject, fingerprint, place }: Ignore, names: readonly string[]): Draft {
  const which = fingerprint === undefined ? "" : ` with the fingerprint ${fingerprint}`;
  return plainDraft({
    rule: "IGNORE_UNUSED",
    severity: "warning",
    subject,
    message: `nothing needs this entry: there is no ${rule} in ${subject}${which}, compared with ${names.join(", ") || "nothing"}`,
    help: "Remove it, unless a comparison with something else still needs it.",
    place,
    meaning: [rule, fingerprint ?? ""].join(" "),
  });
}
