import type { Call } from "../call.ts";
import { subjectOf, within } from "../names.ts";
import type { Store } from "../store/index.ts";

/** The subject that a call is about: the one that is meant, where its name is set to be an alias. */
export function aliased(store: Store, call: Call): string {
  return meant(store, call.subject);
}

/** The subject that is meant by a name. An alias of an alias is not followed. */
export function meant(store: Store, subject: string): string {
  const alias = store.settings(subject)?.alias;
  return alias === undefined || alias === "" ? subject : within(subjectOf(subject).context, alias);
}
