import type { HistoryRegistry } from "../../../gate/index.ts";
import type { Endpoint } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import type { RegistryParts } from "../parts.ts";
import { settingsInScope } from "../scope.ts";

export const CHECK: readonly Endpoint[] = [
  {
    method: "POST",
    path: "/console/schemas/check",
    purpose: "What the schema gate finds in a schema, as `sluice check --format json` has it. Ours, not Confluent's.",
    inContexts: false,
    async answer(parts, call) {
      // Nobody else needs it: it is loaded for the first who asks.
      const { checkSchema, NotAsked, reportJson, schemaCheckIn } = await import("../../check/index.ts");
      try {
        const today = new Date(parts.now()).toISOString().slice(0, 10);
        return reportJson(await checkSchema(schemaCheckIn(call.body), { registry: checked(parts), today }));
      } catch (error) {
        if (!(error instanceof NotAsked)) throw error;
        throw new RegistryFault("INVALID_CHECK", error.message, { cause: error });
      }
    },
  },
];

/** The store as a client would see it. Deleted versions are not there. */
function checked({ store, parser }: RegistryParts): HistoryRegistry {
  return {
    versions: async (subject) =>
      store
        .versions(subject)
        .filter(({ deleted }) => !deleted)
        .map(({ version }) => version)
        .reverse(),
    async version(subject, version) {
      const found = store.version(subject, version);
      if (found === undefined || found.deleted) return undefined;
      return { id: found.id, version, text: found.text, schema: parser.stored(found).schema };
    },
    level: async (subject = "") => settingsInScope(store, subject).compatibilityLevel,
  };
}
