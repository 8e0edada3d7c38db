import { guidOf } from "./guid.ts";
import type { Metadata } from "./metadata.ts";
import type { Reference } from "./model.ts";
import { bySubject } from "./order.ts";
import type { Parsed } from "./parsed.ts";
import type { RegistryParts } from "./parts.ts";
import { type LevelledSettings, modeInScope } from "./scope.ts";

/** A schema as it is asked to be registered, looked up or tested. */
export interface Wanted {
  readonly subject: string;
  /** Empty where the previous version's is meant. */
  readonly text: string;
  readonly references: readonly Reference[];
  readonly metadata: Metadata | undefined;
}

/** The same, in the form in which it would be stored. */
export interface Candidate extends Wanted {
  readonly guid: string;
  readonly parsed: Parsed;
}

/** Brings a schema into the form in which it is stored; undefined where there is none. @throws RegistryFault */
export function candidateOf(
  { store, parser }: RegistryParts,
  wanted: Wanted,
  { normalize, asNew }: { readonly normalize: boolean; readonly asNew: boolean },
): Candidate | undefined {
  if (wanted.text.trim() === "") return undefined;
  const { parsed, references } = parser.parse(wanted, { asNew });
  const mode = modeInScope(store, wanted.subject);
  const asSent = !normalize || mode === "IMPORT" || mode === "FORWARD";
  const text = asSent ? parsed.text() : parsed.normalized();
  const kept = asSent ? references : sorted(references);
  return { ...wanted, text, references: kept, parsed, guid: guidOf(text, kept, wanted.metadata) };
}

/** Whether a schema is brought into the normal form: it was asked for, or is set. */
export const normalizes = (asked: boolean, settings: LevelledSettings): boolean => asked || settings.normalize === true;

function sorted(references: readonly Reference[]): Reference[] {
  const unique = new Map(references.map((one) => [JSON.stringify([one.name, one.subject, one.version]), one]));
  return [...unique.values()].sort(bySubject);
}
