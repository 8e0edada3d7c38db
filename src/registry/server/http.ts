import { RegistryFault } from "./faults.ts";

/** The media types of answers, the one that is preferred first. */
export const MEDIA_TYPES = [
  "application/vnd.schemaregistry.v1+json",
  "application/vnd.schemaregistry+json",
  "application/json",
] as const;

/** Reads a body as JSON. @throws RegistryFault */
export async function readJson(request: Request, { bytesMax }: { readonly bytesMax: number }): Promise<unknown> {
  assertMediaType(request.headers.get("content-type"));
  const bytes = await readBytes(request, bytesMax);
  if (bytes.length === 0) throw new RegistryFault("NO_BODY", "The request has no body; it takes a JSON object");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RegistryFault("BAD_REQUEST", `The body is not JSON: ${why}`, { cause: error });
  }
}

function assertMediaType(header: string | null): void {
  if (header === null) return;
  const [type = ""] = header.toLowerCase().split(";");
  const taken: readonly string[] = [...MEDIA_TYPES, "application/octet-stream"];
  if (!taken.includes(type.trim()))
    throw new RegistryFault("UNSUPPORTED_MEDIA_TYPE", "HTTP 415 Unsupported Media Type");
}

async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const stated = request.headers.get("content-length");
  if (Number(stated) > bytesMax) throw tooLarge(bytesMax);
  try {
    return stated === null ? await readPieces(request, bytesMax) : await request.bytes();
  } catch (error) {
    if (error instanceof RegistryFault) throw error;
    // Nobody may be there any more to hear of it.
    throw new RegistryFault("BAD_REQUEST", "The body ended before it was complete", { cause: error });
  }
}

/** Without a length the size shows only while reading. */
async function readPieces(request: Request, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(bytesMax: number): RegistryFault {
  return new RegistryFault("BODY_TOO_LARGE", `The body is larger than ${bytesMax} bytes`);
}

/** The media type for the answer, by what is accepted (RFC 9110, 12.5.1). @throws RegistryFault */
export function acceptedType(accept: string | null): string {
  if (accept === null || accept.trim() === "" || accept.includes(MEDIA_TYPES[0])) return MEDIA_TYPES[0];
  const ranges = accept
    .toLowerCase()
    .split(",")
    .map(rangeOf)
    .filter(({ quality }) => quality > 0);
  let best: { readonly type: string; readonly quality: number } | undefined;
  for (const type of MEDIA_TYPES) {
    const quality = Math.max(0, ...ranges.filter(({ range }) => covers(range, type)).map((one) => one.quality));
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  if (best === undefined) throw new RegistryFault("NOT_ACCEPTABLE", "HTTP 406 Not Acceptable");
  return best.type;
}

function rangeOf(text: string): { readonly range: string; readonly quality: number } {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim());
  const quality = parameters.find((one) => one.startsWith("q="))?.slice(2);
  return { range, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

function covers(range: string, type: string): boolean {
  return range === type || range === "*/*" || range === "application/*";
}
