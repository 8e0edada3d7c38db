export { openStore } from "./sqlite.ts";
export type { NewVersion, Store } from "./store.ts";
