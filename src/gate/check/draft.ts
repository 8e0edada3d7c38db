import type { Place } from "../../catalog/index.ts";
import type { Against, Finding } from "../model.ts";

/** A finding before it is known what `gate.yaml` makes of it, and whether it is another one's. */
export interface Draft extends Omit<Finding, "fingerprint"> {
  /** Its place for the fingerprint: names where a path has indexes. */
  readonly named: string;
  /** What is wrong there, for the fingerprint; words that stay when lines move. */
  readonly meaning: string;
  /** Subjects that it is about beside its own. */
  readonly others?: readonly string[];
}

/** A finding about something that is in no schema. */
export function plainDraft(
  given: Pick<Draft, "rule" | "severity" | "subject" | "message" | "help" | "place" | "meaning"> &
    Partial<Pick<Draft, "oldPlace" | "against" | "groups">>,
): Draft {
  return { path: "", field: "", named: "", against: [], groups: [], ...given };
}

/** The first character of a file, for what is about all of it. */
export const beginningOf = (file: string): Place => ({
  file,
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  offset: 0,
  length: 0,
});

export const againstOf = (base: string, { label, version }: { label: string; version?: number }): Against => ({
  base,
  label,
  ...(version !== undefined && { version }),
});
