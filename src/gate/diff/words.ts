import type { ChangeKind, SchemaChange } from "../../avro/index.ts";
import { printable } from "../formats/printable.ts";
import type { SchemaDiff } from "./compare.ts";

/** How much of a text from a schema is shown in a line. */
const TEXT_LENGTH_MAX = 60;

/** What stands before the two texts of a change, where they alone would not say what they are. */
const WORDS: Readonly<Record<ChangeKind, string>> = {
  FIELD_ADDED: "",
  FIELD_REMOVED: "",
  FIELD_RENAMED: "name ",
  FIELD_MOVED: "",
  FIELD_ALIASES: "aliases ",
  FIELD_ORDER: "order ",
  DEFAULT_ADDED: "default ",
  DEFAULT_CHANGED: "default ",
  DEFAULT_REMOVED: "default ",
  TYPE_CHANGED: "",
  NULL_ADDED: "",
  NULL_REMOVED: "",
  BRANCH_ADDED: "",
  BRANCH_REMOVED: "",
  BRANCH_MOVED: "",
  SYMBOL_ADDED: "symbol ",
  SYMBOL_REMOVED: "symbol ",
  SYMBOL_MOVED: "symbol ",
  ENUM_DEFAULT: "enum default ",
  FIXED_SIZE: "size ",
  NAME: "name ",
  NAMESPACE: "name ",
  TYPE_ALIASES: "aliases ",
  LOGICAL_TYPE: "",
  DOC: "doc ",
  PROPERTY: "",
};

/** `+` for what is new, `-` for what is gone, `~` for what is another. */
export function signOf({ before, after }: SchemaChange): "+" | "-" | "~" {
  return before === "" ? "+" : after === "" ? "-" : "~";
}

/** What changed into what: `int → long`, `default 1 → 2`, `symbol LATE`. */
export function changeText({ kind, before, after }: SchemaChange): string {
  // The whole of a text is in the files, and in JSON.
  const texts = [before, after].filter((text) => text !== "").map((text) => clipped(oneLine(text)));
  return `${WORDS[kind]}${texts.join(" → ")}`;
}

/** The field, or what the whole schema is called. */
export const fieldText = (field: string): string => (field === "" ? "(the schema)" : printable(field));

/** Which way the change alone cannot be read; empty where it can both ways. */
export function breaksText({ newReadsOld, oldReadsNew }: SchemaChange): string {
  if (newReadsOld && oldReadsNew) return "";
  if (!newReadsOld && !oldReadsNew) return "breaks BACKWARD and FORWARD";
  return newReadsOld ? "breaks FORWARD" : "breaks BACKWARD";
}

/** Both verdicts in a sentence. */
export function verdictText({ newReadsOld, oldReadsNew }: SchemaDiff): string {
  const [backward, forward] = [newReadsOld.length === 0, oldReadsNew.length === 0];
  if (backward && forward) return "Each schema reads what the other writes.";
  if (backward) return "The newer schema reads what the older wrote; the older does not read what the newer writes.";
  if (forward) return "The newer schema does not read what the older wrote; the older reads what the newer writes.";
  return "Neither schema reads what the other writes.";
}

/** What a change means, and before it which way it cannot be read. */
export function meaningText(change: SchemaChange): string {
  const breaks = breaksText(change);
  return `${breaks === "" ? "" : `${breaks}: `}${oneLine(change.message)}`;
}

/** Why one does not read the other, where no change by itself says so: several together may. */
export function reasonsOf({ newReadsOld, oldReadsNew, changes }: SchemaDiff): readonly string[] {
  const reasons = (found: SchemaDiff["newReadsOld"], who: string) =>
    found.map(({ explanation }) => `${who}: ${oneLine(explanation)}`);
  return [
    ...(changes.every((change) => change.newReadsOld) ? reasons(newReadsOld, "the newer") : []),
    ...(changes.every((change) => change.oldReadsNew) ? reasons(oldReadsNew, "the older") : []),
  ];
}

/** What a subject's two schemas come to, in short. */
export function summaryText({ older, newer, changes }: SchemaDiff): string {
  if (older === undefined) return "a new subject";
  if (newer === undefined) return "the subject is gone";
  return changes.length === 0 ? "no change" : `${changes.length} change${changes.length === 1 ? "" : "s"}`;
}

export const oneLine = (text: string): string => printable(text.replaceAll(/\s*\r?\n\s*/g, " "));

function clipped(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX).toWellFormed()}…`;
}
