export { createRegistryApi, type RegistryApiOptions } from "./api.ts";
export type { Credentials } from "./auth.ts";
export { endpointsTable } from "./endpoint.ts";
export { ENDPOINTS } from "./endpoints/index.ts";
export { faultsTable } from "./faults.ts";
export { openRegistry, type RegistryOptions, type RegistryServer } from "./server.ts";
export { openStore, type Store } from "./store/index.ts";
