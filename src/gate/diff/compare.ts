import {
  COMPATIBILITY_LEVELS,
  type CompatibilityLevel,
  changesBetween,
  checkCompatibility,
  type Incompatibility,
  LEVELS,
  type Schema,
  type SchemaChange,
  type TypescriptChange,
  typescriptChanges,
} from "../../avro/index.ts";

/** One of two schemas, and what people call it: `schemas/orders.order.created/v1.avsc`, `version 3`, `main`. */
export interface DiffSide {
  readonly name: string;
  readonly schema: Schema;
}

/** Two schemas of one subject, the earlier and the later. */
export interface SchemaDiff {
  /** What both are schemas of: a subject, or a file. */
  readonly subject: string;
  /** Undefined where the subject is new. */
  readonly older: string | undefined;
  /** Undefined where it is gone. */
  readonly newer: string | undefined;
  readonly changes: readonly SchemaChange[];
  readonly typescript: readonly TypescriptChange[];
  /** Why the newer cannot read what the older wrote; empty where it can. */
  readonly newReadsOld: readonly Incompatibility[];
  readonly oldReadsNew: readonly Incompatibility[];
  /** Which levels take the newer schema after the older. */
  readonly levels: Readonly<Record<CompatibilityLevel, boolean>>;
}

/** Compares two schemas; one alone is a subject that is new or gone. */
export function compareSchemas(
  subject: string,
  { older, newer }: { readonly older: DiffSide | undefined; readonly newer: DiffSide | undefined },
): SchemaDiff {
  const names = { subject, older: older?.name, newer: newer?.name };
  if (older === undefined || newer === undefined) {
    return { ...names, changes: [], typescript: [], newReadsOld: [], oldReadsNew: [], levels: levelsOf(true, true) };
  }
  const newReadsOld = checkCompatibility(newer.schema, older.schema);
  const oldReadsNew = checkCompatibility(older.schema, newer.schema);
  return {
    ...names,
    changes: changesBetween(older.schema, newer.schema),
    typescript: typescriptChanges(older.schema, newer.schema),
    newReadsOld,
    oldReadsNew,
    levels: levelsOf(newReadsOld.length === 0, oldReadsNew.length === 0),
  };
}

function levelsOf(newReadsOld: boolean, oldReadsNew: boolean): Readonly<Record<CompatibilityLevel, boolean>> {
  const takes = (level: CompatibilityLevel) =>
    (newReadsOld || !LEVELS[level].newReadsOld) && (oldReadsNew || !LEVELS[level].oldReadsNew);
  // Each level is listed, so that the record has them all.
  return Object.fromEntries(COMPATIBILITY_LEVELS.map((level) => [level, takes(level)])) as Record<
    CompatibilityLevel,
    boolean
  >;
}
