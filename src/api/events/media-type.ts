import { Problem } from "../problems.ts";

/** How the events of a request are written. */
export type Form = "json" | "ndjson" | "avro";

/** Media types of request bodies. The OpenAPI document and 415 answers name them in this order. */
export const MEDIA_TYPES = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/vnd.apache.avro": "avro",
} as const satisfies Record<string, Form>;

/** Other names that are in use for the same. */
const ALIASES: Readonly<Record<string, Form>> = {
  ...MEDIA_TYPES,
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/avro": "avro",
  "avro/binary": "avro",
};

const ACCEPTED = Object.keys(MEDIA_TYPES);

/**
 * What the body of a request is written in.
 * @throws Problem UNSUPPORTED_MEDIA_TYPE
 */
export function formOf(contentType: string | null): Form {
  // Nearly every request says it in just this way.
  if (contentType === "application/json") return "json";
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const form = Object.hasOwn(ALIASES, type.trim()) ? ALIASES[type.trim()] : undefined;
  if (form === undefined) {
    throw unsupported(contentType === null ? "the request has no content-type" : `content-type ${contentType}`);
  }
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith("charset="));
  if (form !== "avro" && charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw unsupported(`${charset}: JSON is UTF-8 (RFC 8259)`);
  }
  return form;
}

function unsupported(detail: string): Problem {
  const accepted = ACCEPTED.join(", ");
  return new Problem("UNSUPPORTED_MEDIA_TYPE", `${detail}; accepted: ${accepted}`, {
    members: { accepted: ACCEPTED },
    headers: { "accept-post": accepted },
  });
}
