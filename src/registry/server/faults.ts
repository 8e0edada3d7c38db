/** Everything but success that the server answers. Numbers and statuses are those of Confluent's REST API. */
export const FAULTS = {
  BAD_REQUEST: { status: 400, code: 400, meaning: "The body is not JSON, or not of the shape that the call takes." },
  UNAUTHORIZED: { status: 401, code: 401, meaning: "User name or password are missing or wrong." },
  NOT_FOUND: { status: 404, code: 404, meaning: "There is nothing at this path." },
  METHOD_NOT_ALLOWED: { status: 405, code: 405, meaning: "The path does not take this method." },
  NOT_ACCEPTABLE: { status: 406, code: 406, meaning: "The answer does not come in any type that is accepted." },
  BODY_TOO_LARGE: { status: 413, code: 413, meaning: "The body is larger than the limit." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, code: 415, meaning: "The body is not of a type that is taken." },
  NO_BODY: { status: 422, code: 422, meaning: "The call takes a body, and there is none." },
  SUBJECT_NOT_FOUND: { status: 404, code: 40401, meaning: "There is no such subject." },
  VERSION_NOT_FOUND: { status: 404, code: 40402, meaning: "The subject has no such version." },
  SCHEMA_NOT_FOUND: { status: 404, code: 40403, meaning: "There is no such schema." },
  SUBJECT_SOFT_DELETED: { status: 404, code: 40404, meaning: "The subject was deleted already; not yet for good." },
  SUBJECT_NOT_SOFT_DELETED: {
    status: 404,
    code: 40405,
    meaning: "A subject is deleted before it is deleted for good.",
  },
  VERSION_SOFT_DELETED: { status: 404, code: 40406, meaning: "The version was deleted already; not yet for good." },
  VERSION_NOT_SOFT_DELETED: {
    status: 404,
    code: 40407,
    meaning: "A version is deleted before it is deleted for good.",
  },
  LEVEL_NOT_SET: { status: 404, code: 40408, meaning: "The subject has no config of its own." },
  MODE_NOT_SET: { status: 404, code: 40409, meaning: "The subject has no mode of its own." },
  INCOMPATIBLE: { status: 409, code: 40901, meaning: "The schema breaks the compatibility level of its subject." },
  INVALID_SCHEMA: { status: 422, code: 42201, meaning: "Not an Avro schema, or a reference that does not resolve." },
  INVALID_VERSION: { status: 422, code: 42202, meaning: "Not the number of a version." },
  INVALID_LEVEL: { status: 422, code: 42203, meaning: "Not a compatibility level." },
  INVALID_MODE: { status: 422, code: 42204, meaning: "Not a mode." },
  NOT_PERMITTED: { status: 422, code: 42205, meaning: "The mode forbids it, or the registry is full." },
  REFERENCED: { status: 422, code: 42206, meaning: "Other schemas refer to it." },
  INVALID_SUBJECT: { status: 422, code: 42208, meaning: "Not the name of a subject." },
  SCHEMA_TOO_LARGE: { status: 422, code: 42209, meaning: "The schema is larger than the limit." },
  INVALID_CHECK: {
    status: 422,
    code: 42290,
    meaning: "Not a request for a check; all that is wrong is in the message.",
  },
  CONTEXT_NOT_EMPTY: { status: 422, code: 42211, meaning: "The context has subjects." },
  INTERNAL: { status: 500, code: 50001, meaning: "The registry met what it does not expect, such as a full disk." },
} as const satisfies Record<string, FaultSpec>;

interface FaultSpec {
  readonly status: number;
  /** `error_code` of the answer. */
  readonly code: number;
  readonly meaning: string;
}

export type FaultKind = keyof typeof FAULTS;

/** A call that is not answered with success. Thrown to end it. */
export class RegistryFault extends Error {
  override readonly name = "RegistryFault";
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The faults as the README's table. */
export function faultsTable(): string {
  const rows = Object.values<FaultSpec>(FAULTS)
    .toSorted((one, other) => one.status - other.status || one.code - other.code)
    .map(({ status, code, meaning }) => `| ${status} | ${code} | ${meaning} |`);
  return ["| status | `error_code` | meaning |", "|---|---|---|", ...rows].join("\n");
}
