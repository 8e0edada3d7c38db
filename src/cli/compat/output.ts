import { type BreakingRecord, plural } from "../../avro/index.ts";
import type { Place } from "../../catalog/index.ts";
import type { Break, Comparison } from "./files.ts";

/** How much of a record is shown; `--json` has all of it. */
const RECORD_LENGTH_MAX = 1_000;

/** For people: each break with its line, why, what to do, and the record that proves it. */
export function comparisonText({ files: { reader, writer }, breaks }: Comparison): string {
  if (breaks.length === 0) return `${reader} reads whatever ${writer} writes.\n`;
  const end = `${reader} cannot read all that ${writer} writes: ${plural(breaks.length, "finding")}.`;
  const shown = new Map<string, Place>();
  return `${[...breaks.map((one) => blockOf(one, shown)), end].map(printable).join("\n\n")}\n`;
}

/** The same for programs. */
export function comparisonJson({ files: { reader, writer }, breaks }: Comparison) {
  return { reader, writer, compatible: breaks.length === 0, incompatibilities: breaks.map(breakJson) };
}

/** `shown` are the records so far, each with the place of its finding: most breaks have the same. */
function blockOf({ incompatibility, place, writerPlace, witness }: Break, shown: Map<string, Place>): string {
  const { type, location, cause, advice } = incompatibility;
  const lines = [
    `${sentence(cause)}.`,
    `${sentence(advice)}.`,
    `Written as in ${where(writerPlace)}.`,
    ...(witness === undefined ? [] : [proofOf(witness, place, shown), `Reading it fails: ${witness.error}`]),
  ];
  return [`${where(place)} ${type} ${location}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function proofOf({ json, bytes }: BreakingRecord, place: Place, shown: Map<string, Place>): string {
  const text = JSON.stringify(json);
  const before = shown.get(text);
  if (before !== undefined) return `The record shown for ${where(before)} proves it too.`;
  shown.set(text, place);
  return `A record that proves it: ${shortened(text)} (${bytesOf(bytes)})`;
}

function breakJson({ incompatibility, place, writerPlace, witness }: Break) {
  const { type, location, message, cause, advice } = incompatibility;
  return {
    type,
    location,
    message,
    cause,
    advice,
    reader: placeJson(place),
    writer: placeJson(writerPlace),
    ...(witness && {
      witness: { json: witness.json, bytes: witness.bytes.toString("hex"), error: witness.error },
    }),
  };
}

const where = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

const placeJson = ({ file, line, column, endLine, endColumn }: Place) => ({ file, line, column, endLine, endColumn });

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const bytesOf = (bytes: Buffer): string =>
  bytes.length === 0 ? "no bytes in Avro" : `in Avro ${shortened(bytes.toString("hex"))}`;

const shortened = (text: string): string =>
  text.length <= RECORD_LENGTH_MAX ? text : `${text.slice(0, RECORD_LENGTH_MAX)}…`;

/** Names may come from anywhere: an escape sequence in one must not move the terminal's cursor. */
const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.toWellFormed().replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
