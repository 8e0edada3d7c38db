/** What a store can end with apart from the errors of the SQL itself, which pass through as Bun throws them. */
export const STORE_ERRORS = {
  UNAVAILABLE: { meaning: "no connection, or the server is starting, stopping or out of connections" },
  CONTENDED: { meaning: "other transactions won every attempt: serialization failure, deadlock or a locked file" },
  ABORTED: { meaning: "the caller's signal was aborted before the commit; nothing was stored" },
  UNSUPPORTED: { meaning: "a database URL that no dialect takes" },
} as const satisfies Record<string, { readonly meaning: string }>;

export type StoreErrorKind = keyof typeof STORE_ERRORS;

/** A store that did not do what was asked. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
