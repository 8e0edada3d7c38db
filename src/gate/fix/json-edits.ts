import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import type { Edit } from "../model.ts";

/** A JSON text with its tree, for edits that keep to the way it is written. */
export interface JsonText {
  readonly file: string;
  readonly text: string;
  readonly root: Node;
  /** What `commaAt` has found, for each node on the way. */
  readonly commas: Map<Node, string>;
}

/** Undefined for a text in which nothing can be made out. */
export function openJson(file: string, text: string): JsonText | undefined {
  const root = parseTree(text);
  return root && { file, text, root, commas: new Map() };
}

/** What stands at the keys from the root; undefined where nothing does. */
export function nodeAt({ root }: JsonText, keys: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const key of keys) {
    const step: string | number = node?.type === "array" ? Number(key) : key;
    node = node && findNodeAtLocation(node, [step]);
  }
  return node;
}

/** The value of an object's member; undefined for what is no object, or has none of that name. */
export function memberOf(node: Node | undefined, name: string): Node | undefined {
  return node?.type === "object" ? findNodeAtLocation(node, [name]) : undefined;
}

export const endOf = ({ offset, length }: Node): number => offset + length;

export const textOf = ({ text }: JsonText, node: Node): string => text.slice(node.offset, endOf(node));

/** Adds a member to an object, behind the last of the members named that it has, or as its last. `value` is JSON. */
export function insertMember(
  json: JsonText,
  object: Node,
  { name, value, after }: { readonly name: string; readonly value: string; readonly after: readonly string[] },
): Edit {
  const members = object.children ?? [];
  const index = members.findLastIndex(({ children: [key] = [] }) => after.includes(String(key?.value)));
  const place = index < 0 ? members.length : index + 1;
  const member = `${JSON.stringify(name)}${colonOf(json, members[place - 1] ?? members[0])}${value}`;
  return insertInto(json, object, place, [member]);
}

/** Adds elements to an array, before the one that is at the index now. `values` are JSON. */
export function insertElements(json: JsonText, array: Node, index: number, values: readonly string[]): Edit {
  return insertInto(json, array, index, values);
}

/** Puts something before and behind a value. */
export function wrapValue({ file }: JsonText, node: Node, before: string, behind: string): readonly Edit[] {
  return [
    { file, offset: node.offset, length: 0, text: before },
    { file, offset: endOf(node), length: 0, text: behind },
  ];
}

/** Makes an element of an array its first. */
export function moveToFront(json: JsonText, array: Node, index: number): readonly Edit[] {
  const elements = array.children ?? [];
  const [first, moved, before] = [elements[0], elements[index], elements[index - 1]];
  if (first === undefined || moved === undefined || before === undefined) return [];
  const cut = { file: json.file, offset: endOf(before), length: endOf(moved) - endOf(before), text: "" };
  return [insertInto(json, array, 0, [textOf(json, moved)]), cut];
}

/** `, ` or `,`, as it is written nearest to a value, on one line. */
export function commaAt(json: JsonText, near: Node): string {
  const known = json.commas.get(near);
  if (known !== undefined) return known;
  const { parent } = near;
  const around = () => (parent === undefined ? bareComma(json) : commaAt(json, parent));
  const comma = commaIn(json, near) ?? around();
  json.commas.set(near, comma);
  return comma;
}

/** Where there is none to go by: who writes `"a":1` writes `,` as well. */
const bareComma = ({ text }: JsonText): string => (/":\S/.test(text) ? "," : ", ");

function commaIn(json: JsonText, node: Node): string | undefined {
  const bare = textOf(json, node).replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const space = /,([ \t]*)[^\s]/.exec(bare)?.[1];
  return space === undefined ? undefined : space === "" ? "," : ", ";
}

/** In order; those at one place made one, the first given first. */
export function inOrder(edits: readonly Edit[]): readonly Edit[] {
  const result: Edit[] = [];
  for (const edit of edits.toSorted((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    if (last?.offset === edit.offset && last.length === 0)
      result.splice(-1, 1, { ...edit, text: last.text + edit.text });
    else result.push(edit);
  }
  return result;
}

function insertInto(json: JsonText, holder: Node, index: number, texts: readonly string[]): Edit {
  const parts = holder.children ?? [];
  const [before, behind] = [parts[index - 1], parts[index]];
  const separator = separatorOf(json, holder, index);
  const all = texts.join(separator);
  const { file } = json;
  if (before !== undefined) return { file, offset: endOf(before), length: 0, text: separator + all };
  if (behind !== undefined) return { file, offset: behind.offset, length: 0, text: all + separator };
  return { file, offset: holder.offset + 1, length: 0, text: all };
}

/** What stands between two parts there: the comma with the line end and the indentation behind it. */
function separatorOf(json: JsonText, holder: Node, index: number): string {
  const parts = holder.children ?? [];
  const [first] = parts;
  const at = Math.min(Math.max(index, 1), parts.length - 1);
  const [left, right] = [parts[at - 1], parts[at]];
  if (left !== undefined && right !== undefined) return json.text.slice(endOf(left), right.offset);
  // It has one part only, or none: that stands behind the bracket as the next one would behind the comma.
  const space = first === undefined ? "" : json.text.slice(holder.offset + 1, first.offset);
  return space === "" ? commaAt(json, holder) : `,${space}`;
}

function colonOf({ text }: JsonText, member: Node | undefined): string {
  const [key, value] = member?.children ?? [];
  const written = key && value && text.slice(endOf(key), value.offset);
  return written === undefined || /[\r\n]/.test(written) ? ": " : written;
}
