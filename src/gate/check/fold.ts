import type { Draft } from "./draft.ts";
import { both } from "./words.ts";

/**
 * Makes one finding of what several subjects say about one line: a shared type's break is also that of every topic that
 * uses it, and `topic.yaml` is of all versions of its event type. The shared type speaks for them, else the first.
 */
export function folded(drafts: readonly Draft[], shared: ReadonlySet<string>): readonly Draft[] {
  const groups = Map.groupBy(drafts, keyOf);
  return [...groups.values()].flatMap((same) => {
    const speaker = same.find(({ subject }) => shared.has(subject)) ?? same[0];
    if (speaker === undefined || same.length === 1) return same;
    const others = [...new Set(same.map(({ subject }) => subject))].filter((one) => one !== speaker.subject);
    const also = others.length === 0 ? "" : `Also in ${namesOf(others)}.`;
    return {
      ...speaker,
      others,
      severity: same.some(({ severity }) => severity === "error") ? "error" : speaker.severity,
      groups: [...new Set(same.flatMap(({ groups }) => groups))],
      help: [speaker.help, also].filter((one) => one !== "").join(" "),
    };
  });
}

function keyOf({ rule, direction, place, meaning }: Draft): string {
  return [rule, direction, place.file, place.offset, place.length, place.line, place.column, meaning].join("\n");
}

const NAMES_MAX = 5;

function namesOf(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return both(more > 0 ? [...names.slice(0, NAMES_MAX), `${more} more`] : names);
}
