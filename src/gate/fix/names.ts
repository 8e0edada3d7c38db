import { insertElements, insertMember, memberOf, nodeAt } from "./json-edits.ts";
import { type Draft, sidesOf, type Task, textAt } from "./problem.ts";

/** A type was renamed: it gets its old name as an alias. */
export function typeAlias(task: Task): readonly Draft[] {
  const { newerNode, olderNode, newerPath } = sidesOf(task);
  const at = textAt(task, newerPath);
  if (at === undefined || !("name" in newerNode) || !("name" in olderNode)) return [];
  const definition = nodeAt(at.json, at.keys.slice(0, -1));
  if (definition === undefined) return [];
  const alias = aliasFor(olderNode.name, newerNode.name);
  const title = `give \`${simpleName(newerNode.name)}\` the alias \`${alias}\``;
  const there = memberOf(definition, "aliases");
  const edit =
    there === undefined
      ? insertMember(at.json, definition, { name: "aliases", value: `["${alias}"]`, after: ["name", "namespace"] })
      : insertElements(at.json, there, there.children?.length ?? 0, [`"${alias}"`]);
  return [{ title, edits: [edit] }];
}

/** An alias without dots is of the namespace of its type (Avro specification, Aliases). */
const aliasFor = (old: string, name: string): string =>
  namespaceOf(old) === namespaceOf(name) ? simpleName(old) : old;

const simpleName = (full: string): string => full.slice(full.lastIndexOf(".") + 1);
const namespaceOf = (full: string): string => full.slice(0, Math.max(0, full.lastIndexOf(".")));
