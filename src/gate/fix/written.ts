import type { Node as JsonNode } from "jsonc-parser";
import type { Field, Json, Node } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import { commaAt, type JsonText, textOf } from "./json-edits.ts";

/** Where the older schema writes what is put back. */
export interface Written {
  readonly file: string;
  readonly places: Places;
  readonly path: readonly string[];
}

/** A field as JSON for a list of fields: as it was written, or else as the others of the list are. */
export function writtenField(json: JsonText, list: JsonNode, field: Field, written?: Written): string {
  const [sibling] = list.children ?? [];
  const style = styleAt(json, sibling ?? list);
  const copied = written && copyOf(json, sibling ?? list, written);
  if (copied !== undefined) return copied;
  const members = Object.entries(field.attributes).map(
    ([name, value]) => `${JSON.stringify(name)}${style.colon}${oneLine(style, value)}`,
  );
  const first = sibling?.children?.[0];
  const head = sibling && first ? json.text.slice(sibling.offset + 1, first.offset) : "";
  const last = sibling?.children?.at(-1);
  const tail = sibling && last ? json.text.slice(last.offset + last.length, sibling.offset + sibling.length - 1) : "";
  const comma = /\n/.test(head) ? `,${head}` : style.comma;
  return `{${head}${members.join(comma)}${tail}}`;
}

/** A type as JSON: by its name where the newer schema has it, else as it was written. */
export function writtenType(
  json: JsonText,
  type: Node,
  { near, known, written }: { near: JsonNode; known: ReadonlySet<string>; written?: Written | undefined },
): string {
  if ("name" in type && known.has(type.name)) return JSON.stringify(type.name);
  const copied = written && copyOf(json, near, written);
  return copied ?? oneLine(styleAt(json, near), jsonOf(type));
}

function jsonOf(type: Node): Json {
  if (type.type === "union") return type.branches.map(jsonOf);
  const isPlain =
    !("name" in type) && Object.keys(type.attributes).length === 1 && !("items" in type || "values" in type);
  return isPlain ? type.type : type.attributes;
}

/** The text of the older file, with the indentation and the line ends of the newer. */
function copyOf(json: JsonText, near: JsonNode, { file, places, path }: Written): string | undefined {
  const part = places.follow(file, path);
  const source = places.text(part.file);
  if (source === undefined || part.keys.at(-1) !== path.at(-1)) return undefined;
  const { offset, length } = places.at(part);
  // A file on one line stays on one line.
  if (/\n/.test(source.slice(offset, offset + length)) && !json.text.trim().includes("\n")) return undefined;
  const from = indentAt(source, offset);
  const to = indentAt(json.text, near.offset);
  const [first = "", ...more] = source.slice(offset, offset + length).split(/\r?\n/);
  const eol = json.text.includes("\r\n") ? "\r\n" : "\n";
  return [first, ...more.map((line) => (line.startsWith(from) ? to + line.slice(from.length) : line))].join(eol);
}

/** The white space with which the line begins that a place is on. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
}

/** How JSON on one line is written. */
interface Style {
  readonly comma: string;
  readonly colon: string;
  /** What stands inside the braces of an object. */
  readonly pad: string;
}

function styleAt(json: JsonText, near: JsonNode): Style {
  const comma = commaAt(json, near);
  const own = textOf(json, near);
  const text = /":/.test(own) ? own : json.text;
  const colon = /":["[{]/.test(text) ? ":" : ": ";
  const isOpen = /\{ +"/.test(text) || !/\{"/.test(json.text);
  return { comma, colon, pad: isOpen && comma !== "," ? " " : "" };
}

function oneLine(style: Style, value: Json): string {
  const { comma, colon, pad } = style;
  if (Array.isArray(value)) return `[${value.map((one) => oneLine(style, one)).join(comma)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}${colon}${oneLine(style, inner)}`,
  );
  return `{${pad}${members.join(comma)}${pad}}`;
}
