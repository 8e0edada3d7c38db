import type { Incompatibility } from "../../avro/index.ts";
import type { Changelog } from "./changelog.ts";
import type { SchemaDiff } from "./compare.ts";

/** Diffs for programs. */
export function diffJson(diffs: readonly SchemaDiff[]): unknown {
  return { diffs: diffs.map(documentOf) };
}

/** A changelog for programs. */
export function changelogJson({ entries, note }: Changelog): unknown {
  return { entries: entries.map(({ diffs, ...entry }) => ({ ...entry, diffs: diffs.map(documentOf) })), note };
}

function documentOf({ subject, older, newer, changes, typescript, levels, ...verdicts }: SchemaDiff): unknown {
  return {
    subject,
    older: older ?? null,
    newer: newer ?? null,
    changes,
    newReadsOld: verdictOf(verdicts.newReadsOld),
    oldReadsNew: verdictOf(verdicts.oldReadsNew),
    levels,
    typescript: typescript.map(({ says: _says, ...change }) => change),
  };
}

function verdictOf(found: readonly Incompatibility[]): unknown {
  return {
    compatible: found.length === 0,
    incompatibilities: found.map(({ type, location, message, explanation }) => ({
      type,
      location,
      message,
      explanation,
    })),
  };
}
