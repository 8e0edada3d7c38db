export { STORE_ERRORS, StoreError, type StoreErrorKind } from "./errors.ts";
export type { InboxKey, Once, Sql, Store, TransactionOptions } from "./model.ts";
export { openStore, type StoreOptions } from "./open-store.ts";
