import type { CompatibilityLevel } from "../../avro/index.ts";
import type { Mode, Settings } from "./model.ts";
import { DEFAULT_CONTEXT, GLOBAL_CONTEXT, subjectOf, textOf } from "./names.ts";
import type { Store } from "./store/index.ts";

/** What holds where nobody has set anything. */
export const DEFAULT_LEVEL: CompatibilityLevel = "BACKWARD";
export const DEFAULT_MODE: Mode = "READWRITE";

/** Settings with a level, which there always is. */
export type LevelledSettings = Settings & { readonly compatibilityLevel: CompatibilityLevel };

/**
 * What is set for a subject or a context itself; for the whole registry where it is "". Where that is no level, the one
 * that holds is among it.
 */
export function ownSettings(store: Store, subject: string): LevelledSettings | undefined {
  const found = store.settings(subject);
  if (found !== undefined) return levelled(store, subject, found);
  return hasDefaults(subject) ? { compatibilityLevel: DEFAULT_LEVEL } : undefined;
}

/**
 * What holds for a subject. Its own settings, which take some of what they leave open from the global ones; else its
 * context's; else those of `:.__GLOBAL:`.
 */
export function settingsInScope(store: Store, subject: string): LevelledSettings {
  const own = store.settings(subject);
  if (own === undefined) return levelled(store, subject, inherited(subject, (one) => store.settings(one)) ?? {});
  const { normalize, validateFields, validateNewSchemas, compatibilityGroup } = store.settings("") ?? {};
  return levelled(store, subject, {
    ...(normalize !== undefined && { normalize }),
    ...(validateFields !== undefined && { validateFields }),
    ...(validateNewSchemas !== undefined && { validateNewSchemas }),
    ...(compatibilityGroup !== undefined && { compatibilityGroup }),
    ...own,
  });
}

export function ownMode(store: Store, subject: string): Mode | undefined {
  return store.mode(subject) ?? (hasDefaults(subject) ? DEFAULT_MODE : undefined);
}

export function modeInScope(store: Store, subject: string): Mode {
  return store.mode(subject) ?? inherited(subject, (one) => store.mode(one)) ?? DEFAULT_MODE;
}

/** From the context, or from what lies beneath all of them. */
function inherited<Value>(subject: string, find: (subject: string) => Value | undefined): Value | undefined {
  const { context } = subjectOf(subject);
  return find(textOf({ context, name: "" })) ?? find(textOf({ context: GLOBAL_CONTEXT, name: "" }));
}

function hasDefaults(subject: string): boolean {
  const { context, name } = subjectOf(subject);
  return context === GLOBAL_CONTEXT || (context === DEFAULT_CONTEXT && name === "");
}

/**
 * Settings without a level leave it to those beneath them. Confluent's registry answers BACKWARD then, and whoever sets
 * only `normalize` for a subject loses a stricter level for it.
 */
function levelled(store: Store, subject: string, settings: Settings): LevelledSettings {
  const level = settings.compatibilityLevel ?? inherited(subject, (one) => store.settings(one)?.compatibilityLevel);
  return { ...settings, compatibilityLevel: level ?? DEFAULT_LEVEL };
}
