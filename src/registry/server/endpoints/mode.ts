import { modeIn } from "../body.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import { removeMode, setMode } from "../mode.ts";
import { assertSubject } from "../names.ts";
import type { RegistryParts } from "../parts.ts";
import { subjectNotFound } from "../remove.ts";
import { modeInScope, ownMode } from "../scope.ts";

export const MODE: readonly Endpoint[] = [
  { method: "GET", path: "/mode", query: ["defaultToGlobal"], purpose: "The mode of the registry.", answer: get },
  { method: "PUT", path: "/mode", query: ["force"], purpose: "Sets it; IMPORT needs an empty registry.", answer: put },
  {
    method: "DELETE",
    path: "/mode",
    query: ["recursive"],
    purpose: "Takes it back, with `recursive` those of its subjects too.",
    answer: remove,
  },
  {
    method: "GET",
    path: "/mode/:subject",
    query: ["defaultToGlobal"],
    purpose: "The mode that is set for a subject, or with `defaultToGlobal` the one that holds for it.",
    answer: get,
  },
  {
    method: "PUT",
    path: "/mode/:subject",
    query: ["force"],
    purpose: "Sets it; IMPORT needs an empty subject.",
    answer: put,
  },
  {
    method: "DELETE",
    path: "/mode/:subject",
    query: ["recursive"],
    purpose: "Takes it back.",
    answer: remove,
  },
];

function get({ store }: RegistryParts, call: Call): object {
  const { subject } = call;
  const mode = call.flag("defaultToGlobal") ? modeInScope(store, subject) : ownMode(store, subject);
  if (mode !== undefined) return { mode };
  throw new RegistryFault("MODE_NOT_SET", `Subject '${subject}' does not have subject-level mode configured`);
}

function put(parts: RegistryParts, call: Call): object {
  const { subject } = call;
  assertSubject(subject, { forSettings: true });
  const mode = modeIn(call.body);
  setMode(parts, subject, { mode, force: call.flag("force") });
  return mode === undefined ? {} : { mode };
}

function remove(parts: RegistryParts, call: Call): object {
  const { subject } = call;
  const mode = ownMode(parts.store, subject);
  const recursive = call.flag("recursive");
  if (mode === undefined && !recursive) throw subjectNotFound(subject);
  removeMode(parts, subject, { recursive });
  return mode === undefined ? {} : { mode };
}
