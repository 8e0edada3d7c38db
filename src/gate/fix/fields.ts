import type { Field, Node, RecordNode } from "../../avro/index.ts";
import type { Edit } from "../model.ts";
import {
  commaAt,
  inOrder,
  insertElements,
  insertMember,
  type JsonText,
  memberOf,
  moveToFront,
  nodeAt,
  wrapValue,
} from "./json-edits.ts";
import { type Draft, fieldsOn, sidesOf, type Task, textAt, typeAt } from "./problem.ts";
import { writtenField } from "./written.ts";

/** A field is new and has no default. */
export function newField(task: Task): readonly Draft[] {
  const { newerNode, olderNode, newerPath } = sidesOf(task);
  if (newerNode.type !== "record" || olderNode.type !== "record") return [];
  return draftsOfField(task, { newer: newerNode, older: olderNode, path: newerPath });
}

/** The same for an enum that has a default for unknown symbols: the checker compares it with the whole record. */
export function newFieldOfEnum(task: Task): readonly Draft[] {
  const { newerNode, olderNode, newerPath } = sidesOf(task);
  if (newerNode.type !== "enum" || olderNode.type !== "record" || newerPath.at(-1) !== "type") return [];
  const path = newerPath.slice(0, -1);
  const newer = typeAt(task.newer.root, path.slice(0, -2));
  return newer?.type === "record" ? draftsOfField(task, { newer, older: olderNode, path }) : [];
}

function draftsOfField(
  task: Task,
  { newer, older, path }: { newer: RecordNode; older: RecordNode; path: readonly string[] },
): readonly Draft[] {
  const at = textAt(task, path);
  const field = newer.fields[Number(path.at(-1))];
  const object = at && nodeAt(at.json, at.keys);
  if (at === undefined || field === undefined || memberOf(object, "name")?.value !== field.name || !object) return [];
  const renamed = task.movesOf(newer, older).renamedFrom(field);
  const place: FieldPlace = { json: at.json, object, field };
  return [
    ...(renamed === undefined ? [] : [aliasOf(place, renamed.name)]),
    ...(isOfKey(task, path) ? [] : withDefault(place)),
  ];
}

/** Whether the key is made of it, or of something in it. Then there is no event without it, and no default for it. */
function isOfKey({ newer, key = [] }: Task, path: readonly string[]): boolean {
  const names = fieldsOn(newer.root, path);
  return names !== undefined && key.some((one) => names.every((name, index) => one[index] === name));
}

interface FieldPlace {
  readonly json: JsonText;
  /** The field's own object. */
  readonly object: NonNullable<ReturnType<typeof nodeAt>>;
  readonly field: Field;
}

/** The old name of a field, for its aliases. */
export function aliasOf({ json, object, field }: FieldPlace, old: string): Draft {
  const there = memberOf(object, "aliases");
  const edit =
    there === undefined
      ? insertMember(json, object, { name: "aliases", value: `["${old}"]`, after: ["name", "type", "default"] })
      : insertElements(json, there, there.children?.length ?? 0, [`"${old}"`]);
  return { title: `add "aliases": ["${old}"] to \`${field.name}\`: it was called that`, edits: [edit] };
}

/** Null for what may be missing, and empty for what may be empty; no number or text is made up. */
function withDefault(place: FieldPlace): readonly Draft[] {
  const { json, object, field } = place;
  const type = memberOf(object, "type");
  if (type === undefined) return [];
  const fallback = (value: string) => insertMember(json, object, { name: "default", value, after: ["name", "type"] });
  const draft = (value: string, more: readonly Edit[] = [], what = ""): Draft => ({
    title: `add "default": ${value} to \`${field.name}\`${what}`,
    edits: inOrder([...more, fallback(value)]),
  });
  const known = defaultOf(field.type);
  if (known !== undefined) return [draft(known)];
  const comma = commaAt(json, type);
  if (field.type.type !== "union") {
    const wrap = wrapValue(json, type, `["null"${comma}`, "]");
    return [draft("null", wrap, ", and null to its type")];
  }
  const index = field.type.branches.findIndex((branch) => branch.type === "null");
  if (index === 0) return [draft("null")];
  if (index < 0) return [draft("null", [insertElements(json, type, 0, ['"null"'])], ", and null to its union")];
  // Before 1.12 Avro took a default for the first branch alone, and most clients still do.
  return [draft("null", moveToFront(json, type, index), ", with null as the first branch")];
}

function defaultOf(type: Node): string | undefined {
  switch (type.type) {
    case "null":
      return "null";
    case "array":
      return "[]";
    case "map":
      return "{}";
    case "enum":
      return type.default === undefined ? undefined : JSON.stringify(type.default);
    default:
      return undefined;
  }
}

/** A field is gone that older readers need: it comes back where it was. Not where it is there under another name. */
export function fieldBack(task: Task): readonly Draft[] {
  const { newerNode, olderNode, newerPath, olderPath } = sidesOf(task);
  if (newerNode.type !== "record" || olderNode.type !== "record") return [];
  const field = olderNode.fields[Number(olderPath.at(-1))];
  const at = textAt(task, [...newerPath, "fields"]);
  const list = at && nodeAt(at.json, at.keys);
  if (field === undefined || at === undefined || list?.type !== "array") return [];
  const moves = task.movesOf(newerNode, olderNode);
  if (moves.isRenamed(field)) return [];
  const value = writtenField(at.json, list, field, task.olderSource && { ...task.olderSource, path: olderPath });
  return [
    {
      title: `put the field \`${field.name}\` back`,
      edits: [insertElements(at.json, list, moves.placeOf(field), [value])],
    },
  ];
}
