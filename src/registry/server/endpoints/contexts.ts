import type { Call } from "../call.ts";
import { type Endpoint, NOTHING } from "../endpoint.ts";
import { RegistryFault } from "../faults.ts";
import { DEFAULT_CONTEXT, textOf } from "../names.ts";
import type { RegistryParts } from "../parts.ts";

export const CONTEXTS: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/contexts",
    query: ["contextPrefix", "offset", "limit"],
    purpose: "All contexts; the first is the default one.",
    inContexts: false,
    answer({ store }, call) {
      const prefix = call.text("contextPrefix") ?? "";
      return call.page([DEFAULT_CONTEXT, ...store.contexts()].filter((context) => context.startsWith(prefix)));
    },
  },
  {
    method: "DELETE",
    path: "/contexts/:context",
    purpose: "Deletes a context that has no versions, not even deleted ones.",
    inContexts: false,
    answer: remove,
  },
];

function remove({ store }: RegistryParts, { context }: Call): typeof NOTHING {
  if (store.has({ context }, { deleted: true })) {
    const shown = textOf({ context, name: "" });
    throw new RegistryFault("CONTEXT_NOT_EMPTY", `The specified context '${shown}' is not empty.`);
  }
  store.change(() => store.removeContext(context));
  return NOTHING;
}
