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

/** The error that an answer other than 2xx means. `request` says what was asked. */
export function errorOfAnswer(request: string, response: Response, text: string): RegistryError {
  const { status } = response;
  const told = toldBy(text);
  const message = `${request}: ${told.message ?? `status ${status}`}`;
  return new RegistryError(kindOf(status, told.code), `${message}${hintFor(response)}`, {
    status,
    ...(told.code !== undefined && { code: told.code }),
  });
}

function kindOf(status: number, code: number | undefined): RegistryErrorKind {
  if (status >= 500) return "UNAVAILABLE";
  // The table's own names: `Object.entries` forgets them.
  const kinds = Object.keys(REGISTRY_ERRORS) as RegistryErrorKind[];
  const specs: Readonly<Record<string, RegistryErrorSpec>> = REGISTRY_ERRORS;
  const byCode = kinds.find((kind) => code !== undefined && specs[kind]?.codes.includes(code));
  const byStatus = kinds.find((kind) => status !== 409 && specs[kind]?.codes.includes(status));
  if (byCode !== undefined || byStatus !== undefined) return byCode ?? byStatus ?? "REFUSED";
  // A registry's own codes have five digits; 404 or 0 is a server that knows no such path.
  return code !== undefined && code > 999 ? "REFUSED" : "NOT_A_REGISTRY";
}

function hintFor({ status, headers }: Response): string {
  if (status >= 300 && status < 400) {
    return `; redirects are not followed: it points to ${headers.get("location") ?? "nowhere"}`;
  }
  return "";
}

/** What an error's body says, where it is the registry's. */
function toldBy(text: string): { code: number | undefined; message: string | undefined } {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return { code: undefined, message: undefined };
    const code = "error_code" in body && typeof body.error_code === "number" ? body.error_code : undefined;
    const message = "message" in body && typeof body.message === "string" ? body.message : undefined;
    return { code, message };
  } catch {
    // A proxy's page: its status says enough.
    return { code: undefined, message: undefined };
  }
}
