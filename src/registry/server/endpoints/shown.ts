import type { Call } from "../call.ts";
import type { Reference, Version } from "../model.ts";
import { DEFAULT_CONTEXT, subjectOf, within } from "../names.ts";
import type { RegistryParts } from "../parts.ts";

/**
 * A version as the query wants it: `format=resolved` writes references out, `referenceFormat=qualified` names them with
 * their context. Formats that are not known change nothing.
 */
export function shown({ parser }: Pick<RegistryParts, "parser">, call: Call, version: Version): Version {
  const resolved = call.text("format")?.toLowerCase() === "resolved";
  const qualified = call.text("referenceFormat") === "qualified";
  return {
    ...version,
    ...(resolved && { text: parser.stored(version).resolved() }),
    ...(qualified && { references: qualifiedReferences(version) }),
  };
}

function qualifiedReferences({ subject, references }: Version): readonly Reference[] {
  const { context } = subjectOf(subject);
  if (context === DEFAULT_CONTEXT) return references;
  return references.map((one) => ({ ...one, subject: within(context, one.subject) }));
}
