import { RegistryFault } from "./faults.ts";
import type { Mode } from "./model.ts";
import { DEFAULT_CONTEXT, GLOBAL_CONTEXT, subjectOf, textOf } from "./names.ts";
import type { RegistryParts } from "./parts.ts";
import { assertUnreferenced } from "./remove.ts";
import { modeInScope } from "./scope.ts";

/**
 * Sets the mode of a subject, of a context, or of the registry for "". READONLY takes no writes; in IMPORT schemas come
 * with their ids and are stored as they are. IMPORT needs an empty place, unless it is forced: what was deleted there
 * goes for good. Undefined takes the mode back. @throws RegistryFault
 */
export function setMode(
  { store }: RegistryParts,
  subject: string,
  { mode, force }: { readonly mode: Mode | undefined; readonly force: boolean },
): void {
  const { context, name } = subjectOf(subject);
  if (mode === "FORWARD" && (context !== GLOBAL_CONTEXT || name !== "")) {
    throw new RegistryFault("INVALID_MODE", "Forward mode only supported on global level");
  }
  store.change(() => {
    if (mode === "IMPORT" && modeInScope(store, subject) !== "IMPORT" && !force) clear({ store }, subject);
    store.setMode(subject, mode);
  });
}

function clear({ store }: Pick<RegistryParts, "store">, subject: string): void {
  const { context, name } = subjectOf(subject);
  const everything = name === "" && (context === DEFAULT_CONTEXT || context === GLOBAL_CONTEXT);
  const found =
    name === ""
      ? store.versionsUnder({ context: everything ? undefined : context, name: "" })
      : store.versions(subject).toReversed();
  if (found.some(({ deleted }) => !deleted)) {
    throw new RegistryFault("NOT_PERMITTED", "Cannot import since found existing subjects");
  }
  for (const one of found) assertUnreferenced(store, one, { permanent: true });
  for (const one of found) store.remove(one.subject, one.version);
}

/** Takes the mode of a context or subject back; of all subjects in the context too where it is asked for. */
export function removeMode(
  { store }: RegistryParts,
  subject: string,
  { recursive }: { readonly recursive: boolean },
): void {
  store.change(() => {
    store.setMode(subject, undefined);
    const { context, name } = subjectOf(subject);
    if (!recursive || name !== "") return;
    for (const other of store.subjectsWithMode()) {
      if (subjectOf(other).context === context && other !== textOf({ context, name: "" }))
        store.setMode(other, undefined);
    }
  });
}
