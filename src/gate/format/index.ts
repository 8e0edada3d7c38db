import { type Node, type ParseError, parseTree } from "jsonc-parser";
import { deepestAt } from "../../catalog/index.ts";

/** A line is broken where it would be longer. */
const LINE_LENGTH_MAX = 100;
const INDENT = "  ";

/** Lists of these are what a schema is read by: one line each, however short. */
const ALWAYS_BROKEN = new Set(["fields"]);

/**
 * The text of a schema laid out in the one way: two spaces, a field's attributes on lines of their own, whatever else
 * fits into a line on one, line feeds, one at the end. Names, values and their order stay, character by character.
 * Undefined for a text that is no JSON, or nested deeper than any schema may be.
 */
export function formatSchema(text: string): string | undefined {
  const errors: ParseError[] = [];
  const plain = text.replace(/^\uFEFF/, "");
  if (deepestAt(plain) !== undefined) return undefined;
  const root = parseTree(plain, errors, { disallowComments: true, allowTrailingComma: false });
  if (root === undefined || errors.length > 0) return undefined;
  return `${print(root, { text: plain, indent: "", room: 0, isField: false })}\n`;
}

interface Layout {
  readonly text: string;
  readonly indent: string;
  /** Characters that stand before and behind it on its line, apart from the indent. */
  readonly room: number;
  /** An element of `fields`. */
  readonly isField: boolean;
}

function print(node: Node, layout: Layout): string {
  const line = onOneLine(node, layout.text);
  const fits = layout.indent.length + layout.room + line.length <= LINE_LENGTH_MAX;
  if (node.children === undefined || node.children.length === 0) return line;
  if (fits && !layout.isField && !isLong(node)) return line;
  return node.type === "array" ? printArray(node, layout) : printObject(node, layout);
}

function printArray(node: Node, { text, indent }: Layout, areFields = false): string {
  const inner = indent + INDENT;
  const items = (node.children ?? []).map((item) => print(item, { text, indent: inner, room: 1, isField: areFields }));
  return `[\n${items.map((item) => inner + item).join(",\n")}\n${indent}]`;
}

function printObject(node: Node, { text, indent }: Layout): string {
  const inner = indent + INDENT;
  const members = (node.children ?? []).map((member) => {
    const [name, value] = member.children ?? [];
    if (name === undefined || value === undefined) return "";
    const head = `${raw(name, text)}: `;
    const layout = { text, indent: inner, room: head.length + 1, isField: false };
    const isList = ALWAYS_BROKEN.has(String(name.value)) && value.type === "array" && hasChildren(value);
    return head + (isList ? printArray(value, layout, true) : print(value, layout));
  });
  return `{\n${members.map((member) => inner + member).join(",\n")}\n${indent}}`;
}

/** What holds a list of fields is never one line, wherever it stands. */
function isLong(node: Node): boolean {
  if (node.type === "property") {
    const [name, value] = node.children ?? [];
    if (value?.type === "array" && ALWAYS_BROKEN.has(String(name?.value)) && hasChildren(value)) return true;
  }
  return node.children?.some(isLong) ?? false;
}

const hasChildren = ({ children }: Node): boolean => children !== undefined && children.length > 0;

function onOneLine(node: Node, text: string): string {
  const parts = node.children ?? [];
  switch (node.type) {
    case "array":
      return `[${parts.map((part) => onOneLine(part, text)).join(", ")}]`;
    case "object":
      return parts.length === 0 ? "{}" : `{ ${parts.map((part) => onOneLine(part, text)).join(", ")} }`;
    case "property":
      return parts.map((part) => onOneLine(part, text)).join(": ");
    default:
      return raw(node, text);
  }
}

/** A string or a number as it is written: `1.0` and `"\u00e9"` stay what they are. */
const raw = ({ offset, length }: Node, text: string): string => text.slice(offset, offset + length);
