import { schemaAnswer, versionAnswer } from "../answers.ts";
import type { Call } from "../call.ts";
import { type Endpoint, PlainText } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import { guidNamed } from "../guid.ts";
import type { Version } from "../model.ts";
import { DEFAULT_CONTEXT, subjectOf, textOf, within } from "../names.ts";
import { byCodeUnits, bySubject } from "../order.ts";
import type { RegistryParts } from "../parts.ts";
import type { Store } from "../store/index.ts";
import { meant } from "./aliased.ts";
import { shown } from "./shown.ts";

/** Confluent's limit for a list of whole schemas. */
const SCHEMAS_LISTED_MAX = 1_000;

export const SCHEMAS: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/schemas",
    query: ["subjectPrefix", "aliases", "deleted", "latestOnly", "ruleType", "offset", "limit"],
    purpose: "Versions with their schemas, by subject and version; 1,000 at most.",
    answer: (parts, call) => call.page(listed(parts, call), { max: SCHEMAS_LISTED_MAX }),
  },
  {
    method: "GET",
    path: "/schemas/types",
    purpose: "The types of schemas that are taken: AVRO.",
    answer: () => ["AVRO"],
  },
  {
    method: "GET",
    path: "/schemas/ids/:id",
    query: ["subject", "format", "referenceFormat", "fetchMaxId"],
    purpose: "A schema by its id; `subject` says in which context.",
    answer(parts, call) {
      const found = shown(parts, call, schemaAsked(parts.store, call));
      const maxId = call.flag("fetchMaxId") ? parts.store.lastId(subjectOf(found.subject).context) : undefined;
      return schemaAnswer(found, { named: call.text("subject") !== undefined, maxId });
    },
  },
  {
    method: "GET",
    path: "/schemas/ids/:id/schema",
    query: ["subject", "format"],
    purpose: "The schema alone, as it is stored.",
    answer: (parts, call) => new PlainText(shown(parts, call, schemaAsked(parts.store, call)).text),
  },
  {
    method: "GET",
    path: "/schemas/ids/:id/subjects",
    query: ["subject", "deleted", "offset", "limit"],
    purpose: "The subjects that have this id.",
    answer: ({ store }, call) => call.page([...new Set(holders(store, call).map(({ subject }) => subject))]),
  },
  {
    method: "GET",
    path: "/schemas/ids/:id/versions",
    query: ["subject", "deleted", "offset", "limit"],
    purpose: "The versions that have this id.",
    answer: ({ store }, call) => call.page(holders(store, call).map(({ subject, version }) => ({ subject, version }))),
  },
  {
    method: "GET",
    path: "/schemas/guids/:guid",
    query: ["format"],
    purpose: "A schema by its GUID.",
    answer(parts, call) {
      const [first] = idsOfGuid(parts.store, call.param("guid"));
      const found = first && parts.store.versionById(first.context, first.id);
      if (found === undefined) throw schemaNotFound(call.param("guid"));
      return schemaAnswer(shown(parts, call, found), { named: false, maxId: undefined });
    },
  },
  {
    method: "GET",
    path: "/schemas/guids/:guid/ids",
    purpose: "The ids of a schema in all contexts, by its GUID.",
    answer: ({ store }, call) => idsOfGuid(store, call.param("guid")),
  },
];

function listed({ store }: RegistryParts, call: Call): object[] {
  // Rule sets are not kept, and so none has rules of any type.
  if (call.text("ruleType")) return [];
  const deleted = call.flag("deleted");
  const prefix = call.prefixAsked("");
  const aliases = call.flag("aliases") ? aliasesUnder(store, prefix) : new Map<string, string[]>();
  const found = new Map(store.versionsUnder(prefix).map((one) => [`${one.subject} ${one.version}`, one]));
  for (const subject of aliases.keys()) {
    for (const one of store.versions(subject)) found.set(`${one.subject} ${one.version}`, one);
  }
  const versions = [...found.values()].filter((one) => deleted || !one.deleted).sort(bySubject);
  const wanted = call.flag("latestOnly")
    ? versions.filter(({ subject }, index) => versions[index + 1]?.subject !== subject)
    : versions;
  return wanted.map((one) => {
    const names = aliases.get(one.subject);
    return { ...versionAnswer(one), ...(names !== undefined && { aliases: names }) };
  });
}

/** The names under a prefix that are set to be aliases, by what they mean. */
function aliasesUnder(
  store: Store,
  prefix: { readonly context: string | undefined; readonly name: string },
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { subject, settings } of store.allSettings()) {
    const { context, name } = subjectOf(subject);
    const under = name.startsWith(prefix.name) && (prefix.context ?? context) === context;
    if (settings.alias === undefined || !under) continue;
    const target = within(context, settings.alias);
    found.set(target, [...(found.get(target) ?? []), subject].sort(byCodeUnits));
  }
  return found;
}

/**
 * The version that stands for an id. A subject says which context is meant, and is preferred; where it names no context,
 * its name is looked for in all of them.
 */
function schemaAsked(store: Store, call: Call): Version {
  const id = call.int("id");
  const asked = meant(store, call.subjectAsked() ?? "");
  const { context, name } = subjectOf(asked);
  const found = name === "" ? store.versionById(context, id) : versionByName(store, asked, id);
  if (found === undefined) throw schemaNotFound(id);
  return found;
}

function versionByName(store: Store, subject: string, id: number): Version | undefined {
  const { context, name } = subjectOf(subject);
  const own = store.versionById(context, id, subject);
  if (own !== undefined || context !== DEFAULT_CONTEXT) return own;
  for (const other of store.contexts()) {
    const found = store.versionById(other, id, textOf({ context: other, name }));
    if (found !== undefined) return found;
  }
  return store.versionById(DEFAULT_CONTEXT, id);
}

function holders(store: Store, call: Call): Version[] {
  const { subject, id } = schemaAsked(store, call);
  const all = store.versionsById(subjectOf(subject).context, id);
  return all.filter(({ deleted }) => call.flag("deleted") || !deleted);
}

function idsOfGuid(store: Store, text: string): { context: string; id: number }[] {
  const guid = guidNamed(text);
  if (guid === undefined) return [];
  return [DEFAULT_CONTEXT, ...store.contexts()].flatMap((context) => {
    const id = store.idByGuid(context, guid);
    return id === undefined ? [] : [{ context, id }];
  });
}

function schemaNotFound(what: string | number): RegistryFault {
  return new RegistryFault("SCHEMA_NOT_FOUND", `Schema ${what} not found`);
}
