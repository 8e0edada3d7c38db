/** What a call to the registry can end with. Codes are the Confluent REST API's; more than one where makers or releases differ. */
export const REGISTRY_ERRORS = {
  SUBJECT_NOT_FOUND: { codes: [40401], meaning: "There is no such subject." },
  VERSION_NOT_FOUND: { codes: [40402], meaning: "The subject has no such version." },
  SCHEMA_NOT_FOUND: { codes: [40403], meaning: "No schema has this id, or no such schema is under the subject." },
  LEVEL_NOT_SET: { codes: [40408], meaning: "The subject has no level of its own." },
  INCOMPATIBLE: { codes: [409, 40901], meaning: "The schema breaks the compatibility level of its subject." },
  INVALID_SCHEMA: { codes: [42201], meaning: "Not an Avro schema, or a reference that does not resolve." },
  INVALID_LEVEL: { codes: [42203], meaning: "Not a compatibility level." },
  REFERENCED: { codes: [42206], meaning: "Other schemas refer to it." },
  DELETED: { codes: [40404], meaning: "The subject was deleted before." },
  READ_ONLY: { codes: [42205], meaning: "The subject, or the registry, takes no writes." },
  UNAUTHORIZED: { codes: [40101], status: 401, meaning: "User name or password are missing or wrong." },
  FORBIDDEN: { codes: [40301], status: 403, meaning: "This user may not do this." },
  REFUSED: { codes: [], meaning: "Any other refusal that the registry explains." },
  NOT_A_REGISTRY: { codes: [], meaning: "Something else answers: the URL or its path is wrong." },
  UNAVAILABLE: { codes: [], meaning: "5xx, after retries too." },
  UNREACHABLE: { codes: [], meaning: "No connection, after retries too." },
  TIMEOUT: { codes: [], meaning: "No answer in time." },
  ANSWER_TOO_LARGE: { codes: [], meaning: "The answer is over the limit." },
  CLOSED: { codes: [], meaning: "The client was closed." },
} as const satisfies Record<string, RegistryErrorSpec>;

interface RegistryErrorSpec {
  /** Values of `error_code`. */
  readonly codes: readonly number[];
  /** The HTTP status that means it by itself. */
  readonly status?: number;
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

/** The errors as the README's table. */
export function registryErrorsTable(): string {
  const rows = Object.entries<RegistryErrorSpec>(REGISTRY_ERRORS).map(
    ([kind, { codes, status, meaning }]) =>
      `| \`${kind}\` | ${[...(status === undefined ? [] : [status]), ...codes].join(", ")} | ${meaning} |`,
  );
  return ["| kind | `error_code` | meaning |", "|---|---|---|", ...rows].join("\n");
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
  // The table's own names: `Object.keys` forgets them.
  const kinds = Object.keys(REGISTRY_ERRORS) as RegistryErrorKind[];
  const specs: Readonly<Record<RegistryErrorKind, RegistryErrorSpec>> = REGISTRY_ERRORS;
  const byCode = kinds.find((kind) => code !== undefined && specs[kind].codes.includes(code));
  if (byCode !== undefined) return byCode;
  const byStatus = kinds.find((kind) => specs[kind].status === status);
  if (byStatus !== undefined) return byStatus;
  // Registries answer unknown paths with 404 too, but with 404 or 0 for a code instead of five digits.
  return code !== undefined && (status !== 404 || code > 999) ? "REFUSED" : "NOT_A_REGISTRY";
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
