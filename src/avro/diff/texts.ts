import { docText, namesText } from "./attributes.ts";
import { below, type Place } from "./place.ts";
import type { Walk } from "./walk.ts";

/** A text about a type or a field. */
export function diffDoc(walk: Walk, older: string | undefined, newer: string | undefined, place: Place): void {
  if (older === newer) return;
  const at = below(place, older === undefined ? [] : "doc", newer === undefined ? [] : "doc");
  const message = older === undefined ? "is explained now" : newer === undefined ? "is explained no more" : "reworded";
  walk.say("DOC", at, { before: docText(older), after: docText(newer), message });
}

/** Other names that readers take for it. */
export function diffAliases(
  walk: Walk,
  kind: "FIELD_ALIASES" | "TYPE_ALIASES",
  older: { readonly aliases: readonly string[] },
  newer: { readonly aliases: readonly string[] },
  { place, ...verdict }: { readonly place: Place; readonly newReadsOld?: boolean; readonly oldReadsNew?: boolean },
): void {
  const [before, after] = [namesText(older.aliases), namesText(newer.aliases)];
  if (before === after) return;
  walk.say(kind, below(place, before === "" ? [] : "aliases", after === "" ? [] : "aliases"), {
    before,
    after,
    message:
      verdict.newReadsOld === false || verdict.oldReadsNew === false
        ? "other names under which a reader finds it: it finds two fields now, and cannot tell which is meant"
        : "other names under which a reader finds it",
    ...verdict,
  });
}
