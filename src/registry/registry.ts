import type { Registry, RegistrySettings } from "./model.ts";

/** Builds a client. It does not connect. */
export function createRegistry(settings: RegistrySettings): Registry {
  throw new Error(`not written yet: ${settings.url}`);
}
