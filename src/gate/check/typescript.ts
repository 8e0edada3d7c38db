import { typescriptChanges } from "../../avro/index.ts";
import type { CatalogReading } from "../../catalog/index.ts";
import { createRenames, type Renaming } from "../fix/index.ts";
import type { Comparison } from "./compare.ts";
import { againstOf, type Draft } from "./draft.ts";
import type { Entry } from "./entries.ts";
import { namePath, pointerOf } from "./path.ts";
import { placeAt } from "./places.ts";

/** What a change does to programs in TypeScript, against the latest of each base. */
export function typescriptDrafts(
  { subject, file, schema }: Entry,
  { latest }: Pick<Comparison, "latest">,
  reading: CatalogReading,
): readonly Draft[] {
  const { places } = reading;
  const renamingOf = createRenames(reading);
  const merged = new Map<string, Draft>();
  for (const { base, version, schema: older } of latest) {
    const against = againstOf(base, version);
    for (const { rule, olderPath, newerPath, field, message, help } of typescriptChanges(older, schema)) {
      const { named } = namePath(schema, newerPath);
      const key = [rule, named, message].join("\n");
      const there = merged.get(key);
      const { source } = version;
      const renaming = rule === REMOVED ? renamingOf({ older, newer: schema, file, olderPath, newerPath }) : undefined;
      merged.set(key, {
        ...(there ?? {
          rule,
          severity: rule === "TS_UNREADABLE" ? "error" : "warning",
          subject,
          path: pointerOf(newerPath),
          field,
          named,
          message: `${subject}: ${message}`,
          help: rule === REMOVED ? helpWith(help, { renaming, isRenamed: newerPath.at(-1) === "name" }) : help,
          ...(renaming?.fix && { fix: renaming.fix }),
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

const REMOVED = "TS_FIELD_REMOVED";

/** What a field under another name means for those who are not written in TypeScript as well. */
function helpWith(
  help: string,
  { renaming, isRenamed }: { renaming: Renaming | undefined; isRenamed: boolean },
): string {
  if (isRenamed) return `${help} Events that are posted under the old name are refused.`;
  if (renaming === undefined) return help;
  const { name } = renaming.field;
  return `If it is \`${name}\` now: what is stored under the old name is lost to readers, unless \`${name}\` has that for an alias. ${help}`;
}

/** The names, types and numbers of a message: they say what it is about, however the sentence around them is worded. */
const factsIn = (message: string): string => [...message.matchAll(/`[^`]*`|\d+/g)].join(" ");
