import { registeredAnswer, versionAnswer } from "../answers.ts";
import { registrationIn } from "../body.ts";
import type { Call } from "../call.ts";
import { normalizes } from "../candidate.ts";
import { type Endpoint, PlainText } from "../endpoint.ts";
import type { Version } from "../model.ts";
import { assertSubject, DEFAULT_CONTEXT, subjectOf, textOf } from "../names.ts";
import type { RegistryParts } from "../parts.ts";
import { register } from "../register.ts";
import { removeVersion, subjectNotFound, versionNotFound } from "../remove.ts";
import { settingsInScope } from "../scope.ts";
import type { Store } from "../store/index.ts";
import { aliased } from "./aliased.ts";
import { shown } from "./shown.ts";

export const VERSIONS: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/subjects/:subject/versions",
    query: ["deleted", "deletedOnly", "deletedAsNegative", "offset", "limit"],
    purpose: "The versions of a subject, ascending.",
    answer: ({ store }, call) => call.page(versionNumbers(store, call)),
  },
  {
    method: "POST",
    path: "/subjects/:subject/versions",
    query: ["normalize", "format", "force"],
    purpose: "Registers a schema, or finds it where it is registered already; with `force` whatever the level.",
    answer(parts, call) {
      const subject = aliased(parts.store, call);
      assertSubject(subject);
      const wanted = registrationIn(call.body, subject);
      const normalize = normalizes(call.flag("normalize"), settingsInScope(parts.store, subject));
      const force = call.flag("force");
      return registeredAnswer(shown(parts, call, register(parts, wanted, { normalize, force })));
    },
  },
  {
    method: "GET",
    path: "/subjects/:subject/versions/:version",
    query: ["deleted", "format", "referenceFormat"],
    purpose: "One version; `latest` and -1 are the newest.",
    answer: (parts, call) => versionAnswer(shown(parts, call, versionAsked(parts, call))),
  },
  {
    method: "GET",
    path: "/subjects/:subject/versions/:version/schema",
    query: ["deleted", "format"],
    purpose: "The schema alone, as it is stored.",
    answer: (parts, call) => new PlainText(shown(parts, call, versionAsked(parts, call)).text),
  },
  {
    method: "GET",
    path: "/subjects/:subject/versions/:version/referencedby",
    query: ["deleted", "offset", "limit"],
    purpose: "Ids of the schemas that refer to this version.",
    answer(parts, call) {
      const { subject, version } = versionAsked(parts, call, { deleted: true });
      const referrers = parts.store
        .referrers(subject, version)
        .filter((one) => call.flag("deleted") || !one.deleted)
        .map(({ id, subject: from }) => [`${subjectOf(from).context} ${id}`, id] as const);
      return call.page([...new Map(referrers).values()], { max: 1_000 });
    },
  },
  {
    method: "DELETE",
    path: "/subjects/:subject/versions/:version",
    query: ["permanent"],
    purpose: "Deletes a version; for good where it was deleted before.",
    answer: (parts, call) =>
      removeVersion(parts, aliased(parts.store, call), {
        version: call.version(),
        permanent: call.flag("permanent"),
      }),
  },
];

function versionNumbers(store: Store, call: Call): number[] {
  const subject = aliased(store, call);
  const only = call.flag("deletedOnly");
  const deleted = call.flag("deleted");
  const negative = call.flag("deletedAsNegative");
  if (!store.has({ subject }, { deleted: deleted || only })) throw subjectNotFound(subject);
  return store
    .versions(subject)
    .toReversed()
    .filter((one) => negative || (only ? one.deleted : deleted || !one.deleted))
    .map((one) => (negative && one.deleted ? -one.version : one.version));
}

/** The version of the path, under its subject in any context where the subject names none and has no such version. */
function versionAsked(
  { store }: RegistryParts,
  call: Call,
  { deleted = call.flag("deleted") }: { readonly deleted?: boolean } = {},
): Version {
  const subject = aliased(store, call);
  const version = call.version();
  const { context, name } = subjectOf(subject);
  const others = context === DEFAULT_CONTEXT ? store.contexts() : [];
  for (const one of [subject, ...others.map((other) => textOf({ context: other, name }))]) {
    const found = version === -1 ? store.latest(one) : store.version(one, version);
    if (found !== undefined && (deleted || !found.deleted)) return found;
  }
  throw versionNotFound(store, subject, version, { deleted });
}
