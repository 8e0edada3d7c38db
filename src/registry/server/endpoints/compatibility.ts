import { registrationIn } from "../body.ts";
import type { Call } from "../call.ts";
import { candidateOf, normalizes } from "../candidate.ts";
import { conflictsWith } from "../compatibility.ts";
import type { Endpoint } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import type { Version } from "../model.ts";
import type { RegistryParts } from "../parts.ts";
import { settingsInScope } from "../scope.ts";
import { aliased } from "./aliased.ts";

export const COMPATIBILITY: readonly Endpoint[] = [
  {
    method: "POST",
    path: "/compatibility/subjects/:subject/versions",
    query: ["verbose", "normalize"],
    purpose: "Whether a registration of this schema would be compatible.",
    answer(parts, call) {
      const versions = parts.store.versions(aliased(parts.store, call));
      return verdict(
        parts,
        call,
        versions.filter(({ deleted }) => !deleted),
      );
    },
  },
  {
    method: "POST",
    path: "/compatibility/subjects/:subject/versions/:version",
    query: ["verbose", "normalize"],
    purpose: "Whether this schema is compatible with one version, by the level of the subject.",
    answer(parts, call) {
      const subject = aliased(parts.store, call);
      const version = call.version();
      const found = version === -1 ? parts.store.latest(subject) : parts.store.version(subject, version);
      const usable = found !== undefined && !found.deleted;
      if (!usable && version !== -1) throw new RegistryFault("VERSION_NOT_FOUND", `Version ${version} not found.`);
      return verdict(parts, call, usable ? [found] : []);
    },
  },
];

function verdict(parts: RegistryParts, call: Call, versions: readonly Version[]): object {
  const verbose = call.flag("verbose");
  const messages = messagesFor(parts, call, { versions, verbose });
  return { is_compatible: messages.length === 0, ...(verbose && { messages }) };
}

function messagesFor(
  parts: RegistryParts,
  call: Call,
  { versions, verbose }: { readonly versions: readonly Version[]; readonly verbose: boolean },
): string[] {
  const subject = aliased(parts.store, call);
  const settings = settingsInScope(parts.store, subject);
  const normalize = normalizes(call.flag("normalize"), settings);
  const asNew = settings.validateNewSchemas !== false;
  try {
    const candidate = candidateOf(parts, registrationIn(call.body, subject), { normalize, asNew });
    if (candidate === undefined) throw new RegistryFault("INVALID_SCHEMA", "Empty schema");
    return conflictsWith(parts, candidate, { versions: { latest: versions[0], all: () => versions }, settings });
  } catch (error) {
    // Whoever asks for reasons gets this one as a reason, too.
    if (verbose && error instanceof RegistryFault && error.kind === "INVALID_SCHEMA") return [error.message];
    throw error;
  }
}
