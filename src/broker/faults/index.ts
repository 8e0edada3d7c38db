export type { ApiName, Effect, Fault, Match } from "./fault.ts";
export { type Faults, type FaultsOptions, openFaults } from "./faults.ts";
export { type FaultDoor, serveFaults } from "./http.ts";
export { parseFault } from "./parse.ts";
export type { Rule } from "./rules.ts";
