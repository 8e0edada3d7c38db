import { versionAnswer } from "../answers.ts";
import { registrationIn } from "../body.ts";
import { normalizes } from "../candidate.ts";
import type { Endpoint } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import { lookUp } from "../lookup.ts";
import type { Version } from "../model.ts";
import type { RegistryParts } from "../parts.ts";
import { removeSubject, subjectNotFound } from "../remove.ts";
import { settingsInScope } from "../scope.ts";
import { aliased } from "./aliased.ts";
import { shown } from "./shown.ts";

export const SUBJECTS: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/subjects",
    query: ["subjectPrefix", "deleted", "deletedOnly", "offset", "limit"],
    purpose: "All subjects, those of other contexts too; `subjectPrefix=` (empty) leaves them out.",
    answer({ store }, call) {
      const versions = store.versionsUnder(call.prefixAsked(":*:"));
      return call.page(subjectsOf(versions, { deleted: call.flag("deleted"), only: call.flag("deletedOnly") }));
    },
  },
  {
    method: "POST",
    path: "/subjects/:subject",
    query: ["normalize", "deleted", "format"],
    purpose: "The version that holds a schema.",
    answer(parts, call) {
      const { store } = parts;
      const subject = aliased(store, call);
      const deleted = call.flag("deleted");
      const normalize = normalizes(call.flag("normalize"), settingsInScope(store, subject));
      const found = lookUp(parts, registrationIn(call.body, subject), { normalize, deleted });
      if (found === undefined) throw schemaNotFound(parts, subject, { deleted });
      return versionAnswer(shown(parts, call, found));
    },
  },
  {
    method: "DELETE",
    path: "/subjects/:subject",
    query: ["permanent"],
    purpose: "Deletes all versions; for good where they were deleted before.",
    answer: (parts, call) => removeSubject(parts, aliased(parts.store, call), { permanent: call.flag("permanent") }),
  },
  {
    method: "GET",
    path: "/subjects/:subject/metadata",
    query: ["key", "value", "deleted", "format"],
    purpose: "The latest version whose metadata has these properties.",
    answer(parts, call) {
      const subject = aliased(parts.store, call);
      const deleted = call.flag("deleted");
      const values = call.texts("value");
      const asked = call.texts("key").slice(0, values.length);
      const found = parts.store
        .versions(subject)
        .filter((one) => deleted || !one.deleted)
        .find(({ metadata }) => {
          const { properties } = metadata ?? {};
          return properties !== undefined && asked.every((key, index) => properties[key] === values[index]);
        });
      if (found === undefined) throw schemaNotFound(parts, subject, { deleted });
      return versionAnswer(shown(parts, call, found));
    },
  },
];

/** A subject counts as deleted when all of its versions are. */
function subjectsOf(versions: readonly Version[], { deleted, only }: { deleted: boolean; only: boolean }): string[] {
  const gone = new Map<string, boolean>();
  for (const one of versions) gone.set(one.subject, one.deleted && (gone.get(one.subject) ?? true));
  const wanted = [...gone].filter(([, isGone]) => (only ? isGone : deleted || !isGone));
  return wanted.map(([subject]) => subject);
}

function schemaNotFound(
  { store }: RegistryParts,
  subject: string,
  { deleted }: { readonly deleted: boolean },
): RegistryFault {
  if (!store.has({ subject }, { deleted })) return subjectNotFound(subject);
  return new RegistryFault("SCHEMA_NOT_FOUND", "Schema not found");
}
