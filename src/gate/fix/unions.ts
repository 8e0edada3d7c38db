import { branchName, checkCompatibility, type Node, type UnionNode } from "../../avro/index.ts";
import type { Edit } from "../model.ts";
import { schemaOf } from "./holds.ts";
import { commaAt, insertElements, type JsonText, memberOf, nodeAt, wrapValue } from "./json-edits.ts";
import { type Draft, type DraftsFor, sidesOf, type Task, textAt, typeAt } from "./problem.ts";
import { writtenType } from "./written.ts";

/**
 * No branch of a union reads a type, but one is meant for it: what that one lacks is mended. A nullable record that gets
 * a field without a default is such a case.
 */
export function branchMended(task: Task, draftsFor: DraftsFor): readonly Draft[] {
  const { incompatibility } = task;
  const { reader, writer } = rootsOf(task);
  const union = typeAt(reader, incompatibility.readerPath);
  const written = typeAt(writer, incompatibility.writerPath);
  if (union?.type !== "union" || written === undefined) return [];
  const branch = counterpart(union, written, typeAt(writer, incompatibility.writerPath.slice(0, -1)));
  if (branch === undefined) return [];
  const prefix = [...incompatibility.readerPath, String(union.branches.indexOf(branch))];
  const inner = checkCompatibility(schemaOf(branch), schemaOf(written)).map((one) => ({
    ...one,
    readerPath: [...prefix, ...one.readerPath],
    writerPath: [...incompatibility.writerPath, ...one.writerPath],
  }));
  const drafts: Draft[] = [];
  for (const one of inner) {
    const [draft] = draftsFor({ ...task, incompatibility: one });
    if (draft === undefined) return [];
    drafts.push(draft);
  }
  if (drafts.length === 0) return [];
  const edits = drafts.flatMap((draft) => draft.edits);
  return areApart(edits) ? [{ title: drafts.map(({ title }) => title).join("; "), edits }] : [];
}

function rootsOf({ direction, newer, older }: Task) {
  return direction === "BACKWARD"
    ? { reader: newer.root, writer: older.root }
    : { reader: older.root, writer: newer.root };
}

/** The branch that a type was written for: of the same kind and name, or the only one of its kind that is not another's. */
function counterpart(union: UnionNode, written: Node, around: Node | undefined): Node | undefined {
  const alike = union.branches.filter(({ type }) => type === written.type);
  if (!("name" in written)) return alike[0];
  const simple = (node: Node) => branchName(node).split(".").at(-1);
  const taken = new Set(around?.type === "union" ? around.branches.map(simple) : []);
  const [only, second] = alike.filter((branch) => !taken.has(simple(branch)));
  return alike.find((branch) => simple(branch) === simple(written)) ?? (second === undefined ? only : undefined);
}

function areApart(edits: readonly Edit[]): boolean {
  const sorted = edits.toSorted((a, b) => a.offset - b.offset);
  return sorted.every((edit, index) => {
    const next = sorted[index + 1];
    return next === undefined || next.file !== edit.file || edit.offset + edit.length < next.offset;
  });
}

/** A branch was taken out of a union: it comes back where it was. Not where others came: then the type was changed. */
export function branchBack(task: Task): readonly Draft[] {
  const { newerPath, olderPath } = sidesOf(task);
  const newer = typeAt(task.newer.root, newerPath);
  const at = textAt(task, newerPath);
  const array = at && nodeAt(at.json, at.keys);
  const older = olderUnion(task);
  if (newer?.type !== "union" || older === undefined || at === undefined || array?.type !== "array") return [];
  const known = branchesOf(older);
  if (newer.branches.some((branch) => !known.has(branchName(branch)))) return [];
  const index = Number(olderPath.at(-1));
  const [branch, before] = [older.branches[index], branchesOf({ branches: older.branches.slice(0, index) })];
  if (branch === undefined || branchesOf(newer).has(branchName(branch))) return [];
  const place = newer.branches.findLastIndex((one) => before.has(branchName(one))) + 1;
  const first = hasDefault(at.json, at.keys) ? 1 : 0;
  const value = writtenBranch(task, at.json, { branch, index, near: array });
  const title = `put \`${branchName(branch)}\` back into the union`;
  return [{ title, edits: [insertElements(at.json, array, Math.max(place, first), [value])] }];
}

const branchesOf = ({ branches }: Pick<UnionNode, "branches">): ReadonlySet<string> =>
  new Set(branches.map(branchName));

/** A union was narrowed to one of its types: the others come back. */
export function narrowedBack(task: Task): readonly Draft[] {
  const { newerPath } = sidesOf(task);
  const newer = typeAt(task.newer.root, newerPath);
  const at = textAt(task, newerPath);
  const value = at && nodeAt(at.json, at.keys);
  const older = olderUnion(task);
  if (newer === undefined || newer.type === "union" || older === undefined || !at || !value) return [];
  const isRead = older.branches.map((branch) => checkCompatibility(schemaOf(newer), schemaOf(branch)).length === 0);
  const mine = isRead.indexOf(true);
  if (mine < 0) return [];
  const gone = older.branches.map((branch, index) => ({ branch, index })).filter(({ index }) => !isRead[index]);
  const [before, behind] = hasDefault(at.json, at.keys)
    ? [[], gone]
    : [gone.filter(({ index }) => index < mine), gone.filter(({ index }) => index > mine)];
  const comma = commaAt(at.json, value);
  const written = (some: typeof gone) => some.map((one) => writtenBranch(task, at.json, { ...one, near: value }));
  const head = `[${written(before)
    .map((text) => text + comma)
    .join("")}`;
  const tail = `${written(behind)
    .map((text) => comma + text)
    .join("")}]`;
  const names = gone.map(({ branch }) => `\`${branchName(branch)}\``).join(", ");
  return [{ title: `make it a union with ${names} again`, edits: wrapValue(at.json, value, head, tail) }];
}

/** The union of the older schema that a branch of it was written by. */
function olderUnion(task: Task): UnionNode | undefined {
  const { olderPath } = sidesOf(task);
  const union = typeAt(task.older.root, olderPath.slice(0, -1));
  return union?.type === "union" ? union : undefined;
}

/** Whether the type is that of a field whose default is for its first branch. */
function hasDefault(json: JsonText, keys: readonly string[]): boolean {
  const field = keys.at(-1) === "type" ? nodeAt(json, keys.slice(0, -1)) : undefined;
  const fallback = memberOf(field, "default");
  return fallback !== undefined && fallback.type !== "null";
}

function writtenBranch(
  task: Task,
  json: JsonText,
  { branch, index, near }: { branch: Node; index: number; near: NonNullable<ReturnType<typeof nodeAt>> },
): string {
  const path = [...sidesOf(task).olderPath.slice(0, -1), String(index)];
  const written = task.olderSource && { ...task.olderSource, path };
  return writtenType(json, branch, { near, known: task.newerTypes(), written });
}
