import { changedSettingsAnswer, settingsAnswer } from "../answers.ts";
import { settingsIn } from "../body.ts";
import type { Call } from "../call.ts";
import type { Endpoint } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import type { Settings } from "../model.ts";
import { assertSubject } from "../names.ts";
import type { RegistryParts } from "../parts.ts";
import { assertWritable, subjectNotFound } from "../remove.ts";
import { ownSettings, settingsInScope } from "../scope.ts";

export const CONFIG: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/config",
    query: ["defaultToGlobal"],
    purpose: "What is set for the registry, its compatibility level above all.",
    answer: get,
  },
  { method: "PUT", path: "/config", purpose: "Sets it; what is not named stays.", answer: put },
  { method: "DELETE", path: "/config", purpose: "Takes it back, and answers what it was.", answer: remove },
  {
    method: "GET",
    path: "/config/:subject",
    query: ["defaultToGlobal"],
    purpose: "What is set for a subject, or with `defaultToGlobal` what holds for it.",
    answer: get,
  },
  {
    method: "PUT",
    path: "/config/:subject",
    purpose: "Sets it. The subject need not be there.",
    answer: put,
  },
  { method: "DELETE", path: "/config/:subject", purpose: "Takes it back, and answers what it was.", answer: remove },
];

function get({ store }: RegistryParts, call: Call): object {
  const { subject } = call;
  const found = call.flag("defaultToGlobal") ? settingsInScope(store, subject) : ownSettings(store, subject);
  if (found !== undefined) return settingsAnswer(found);
  throw new RegistryFault("LEVEL_NOT_SET", `Subject '${subject}' does not have subject-level compatibility configured`);
}

function put({ store }: RegistryParts, call: Call): object {
  const { subject, body } = call;
  const changes = settingsIn(body);
  assertSubject(subject, { forSettings: true });
  return store.change(() => {
    assertWritable(store, subject);
    const changed = changedBy(store.settings(subject) ?? {}, changes);
    store.setSettings(subject, changed);
    return changedSettingsAnswer(changed);
  });
}

function remove({ store }: RegistryParts, call: Call): object {
  const { subject } = call;
  return store.change(() => {
    const found = ownSettings(store, subject);
    if (found === undefined) throw subjectNotFound(subject);
    assertWritable(store, subject);
    store.setSettings(subject, undefined);
    return settingsAnswer(found);
  });
}

function changedBy(before: Settings, changes: ReturnType<typeof settingsIn>): Settings {
  const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
  // Both have the settings' own names, and nothing is undefined any more.
  return Object.fromEntries(entries) as Settings;
}
