import { typescriptChanges } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import type { Comparison } from "./compare.ts";
import { againstOf, type Draft } from "./draft.ts";
import type { Entry } from "./entries.ts";
import { namePath, pointerOf } from "./path.ts";
import { placeAt } from "./places.ts";

/** What a change does to programs in TypeScript, against the latest of each base. */
export function typescriptDrafts(
  { subject, file, schema }: Entry,
  { latest }: Pick<Comparison, "latest">,
  places: Places,
): readonly Draft[] {
  const merged = new Map<string, Draft>();
  for (const { base, version, schema: older } of latest) {
    const against = againstOf(base, version);
    for (const { rule, olderPath, newerPath, field, message, help } of typescriptChanges(older, schema)) {
      const { named } = namePath(schema, newerPath);
      const key = [rule, named, message].join("\n");
      const there = merged.get(key);
      const { source } = version;
      merged.set(key, {
        ...(there ?? {
          rule,
          severity: rule === "TS_UNREADABLE" ? "error" : "warning",
          subject,
          path: pointerOf(newerPath),
          field,
          named,
          message: `${subject}: ${message}`,
          help,
          meaning: factsIn(message),
          place: placeAt({ file, places }, newerPath),
          ...(source && { oldPlace: placeAt(source, olderPath) }),
          groups: [],
        }),
        against: [...(there?.against ?? []), against],
      });
    }
  }
  return [...merged.values()];
}

/** The names, types and numbers of a message: they say what it is about, however the sentence around them is worded. */
const factsIn = (message: string): string => [...message.matchAll(/`[^`]*`|\d+/g)].join(" ");
