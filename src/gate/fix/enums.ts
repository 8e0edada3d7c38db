import type { EnumNode } from "../../avro/index.ts";
import type { Edit } from "../model.ts";
import { insertElements, insertMember, nodeAt } from "./json-edits.ts";
import { type Draft, sidesOf, type Task, textAt } from "./problem.ts";

/** What stands for symbols that nobody knows, where an enum has one. */
const CATCH_ALL = /^(.*_)?(UNKNOWN|UNSPECIFIED|UNRECOGNIZED|OTHER)$/i;

/** Symbols are gone: one that stands for unknown ones becomes the default, or they come back where they were. */
export function symbolsBack(task: Task): readonly Draft[] {
  const { newerNode, olderNode, newerPath } = sidesOf(task);
  const at = textAt(task, newerPath);
  const symbols = at && nodeAt(at.json, at.keys);
  const definition = at && nodeAt(at.json, at.keys.slice(0, -1));
  if (at === undefined || symbols?.type !== "array" || definition === undefined) return [];
  if (newerNode.type !== "enum" || olderNode.type !== "enum") return [];
  const known = new Set(newerNode.symbols);
  const missing = olderNode.symbols.filter((symbol) => !known.has(symbol));
  const back: Draft = {
    title: `put ${missing.map((symbol) => `\`${symbol}\``).join(", ")} back`,
    edits: [...placesOf(missing, newerNode, olderNode)].map(
      ([index, put]): Edit =>
        insertElements(
          at.json,
          symbols,
          index,
          put.map((symbol) => JSON.stringify(symbol)),
        ),
    ),
  };
  const fallback = newerNode.symbols.find((symbol) => CATCH_ALL.test(symbol));
  if (fallback === undefined) return [back];
  const value = JSON.stringify(fallback);
  const edit = insertMember(at.json, definition, { name: "default", value, after: ["symbols"] });
  return [{ title: `add "default": ${value} to the enum`, edits: [edit] }, back];
}

/** Before which of the newer symbols each missing one belongs: behind the last of those that came before it. */
function placesOf(missing: readonly string[], newer: EnumNode, older: EnumNode): ReadonlyMap<number, string[]> {
  const indexes = new Map(newer.symbols.map((symbol, index) => [symbol, index]));
  const places = new Map<string, number>();
  let place = 0;
  for (const symbol of older.symbols) {
    places.set(symbol, place);
    place = Math.max(place, (indexes.get(symbol) ?? -1) + 1);
  }
  return Map.groupBy(missing, (symbol) => places.get(symbol) ?? 0);
}
