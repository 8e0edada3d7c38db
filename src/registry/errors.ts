/** What a call to the registry can end with. Codes are the Confluent REST API's; more than one where makers or releases differ. */
export const REGISTRY_ERRORS = {
  SUBJECT_NOT_FOUND: { codes: [40401], meaning: "no such subject" },
  VERSION_NOT_FOUND: { codes: [40402], meaning: "the subject has no such version" },
  SCHEMA_NOT_FOUND: { codes: [40403], meaning: "no schema has this id, or no such schema is under the subject" },
  LEVEL_NOT_SET: { codes: [40408], meaning: "the subject has no level of its own" },
  INCOMPATIBLE: { codes: [409, 40901], meaning: "the schema breaks the subject's compatibility level" },
  INVALID_SCHEMA: { codes: [42201], meaning: "not an Avro schema, or a reference that does not resolve" },
  INVALID_LEVEL: { codes: [42203], meaning: "not a compatibility level" },
  READ_ONLY: { codes: [42205], meaning: "the subject or the registry takes no writes" },
  REFUSED: { codes: [], meaning: "any other 4xx that the registry gives a reason for" },
  UNAUTHORIZED: { codes: [401, 40101], meaning: "user name or password are missing or wrong" },
  FORBIDDEN: { codes: [403, 40301], meaning: "this user may not do this" },
  NOT_A_REGISTRY: { codes: [], meaning: "something else answers at this address: the URL or its path is wrong" },
  UNAVAILABLE: { codes: [], meaning: "5xx, also after retries" },
  UNREACHABLE: { codes: [], meaning: "no connection, also after retries" },
  TIMEOUT: { codes: [], meaning: "no answer in time" },
  ANSWER_TOO_LARGE: { codes: [], meaning: "the answer is over the limit" },
  CLOSED: { codes: [], meaning: "the client was closed" },
} as const satisfies Record<string, RegistryErrorSpec>;

interface RegistryErrorSpec {
  readonly codes: readonly number[];
  readonly meaning: string;
}

export type RegistryErrorKind = keyof typeof REGISTRY_ERRORS;

/** A call to the registry that did not do what was asked. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly kind: RegistryErrorKind;
  /** HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The registry's `error_code`, where it gave one. */
  readonly code: number | undefined;

  constructor(
    kind: RegistryErrorKind,
    message: string,
    options: { status?: number; code?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.code = options.code;
  }
}
