import { setImmediate } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { plural } from "../../avro/index.ts";
import { Problem } from "../problems.ts";
import type { Deadlines } from "./deadlines.ts";

export interface BodyLimits {
  readonly bytesMax: number;
  readonly deadlines: Deadlines;
}

/**
 * The whole body, unpacked.
 * @throws Problem BODY_TOO_LARGE as soon as that is known, BODY_TIMEOUT, EMPTY_BODY, or what is wrong with its encoding.
 */
export async function readBody(request: Request, { bytesMax, deadlines }: BodyLimits): Promise<Uint8Array> {
  const { headers } = request;
  const stated = headers.get("content-length");
  if (stated !== null && Number(stated) > bytesMax) throw tooLarge(bytesMax, `content-length is ${stated}`);
  const encoding = encodingOf(headers.get("content-encoding"));
  // Without a length the size shows only while reading: chunked bodies are counted as they come.
  const reading = stated === null ? collect(request, bytesMax) : whole(request);
  const bytes = await deadlines.within(reading);
  if (bytes.length === 0) throw new Problem("EMPTY_BODY", "an event is expected in the body");
  return encoding === "gzip" ? unzipped(bytes, bytesMax) : bytes;
}

/** The body in pieces as they arrive, unpacked; the deadline is for each piece. */
export async function* bodyPieces(request: Request, deadlines: Deadlines): AsyncGenerator<Uint8Array> {
  const encoding = encodingOf(request.headers.get("content-encoding"));
  if (request.body === null) return;
  const stream = encoding === "gzip" ? request.body.pipeThrough(new DecompressionStream("gzip")) : request.body;
  const reader = stream.getReader();
  try {
    const read = () =>
      deadlines.within(reader.read()).catch((error: unknown) => {
        throw brokenOff(error, encoding);
      });
    for (let next = await read(); !next.done; next = await read()) {
      yield next.value;
      // Pieces that one packet unpacks to follow each other without a pause: the other requests take their turns here.
      if (encoding === "gzip") await setImmediate();
    }
  } finally {
    // Whoever stops early wants no more of it; there may be nobody left to tell.
    reader.cancel().catch(() => {});
  }
}

async function whole(request: Request): Promise<Uint8Array> {
  try {
    return await request.bytes();
  } catch (error) {
    throw brokenOff(error, "identity");
  }
}

async function collect(request: Request, bytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const read = () =>
    reader.read().catch((error: unknown) => {
      throw brokenOff(error, "identity");
    });
  for (let next = await read(); !next.done; next = await read()) {
    size += next.value.length;
    if (size > bytesMax) {
      reader.cancel().catch(() => {}); // The answer goes out whether or not the rest is taken.
      throw tooLarge(bytesMax, "it had not ended there");
    }
    pieces.push(next.value);
  }
  return Buffer.concat(pieces);
}

function unzipped(bytes: Uint8Array, bytesMax: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(bytesMax, "unpacked it is larger");
    throw new Problem("INVALID_ENCODING", "content-encoding is gzip, and the body is not", { cause: error });
  }
}

function encodingOf(header: string | null): "identity" | "gzip" {
  if (header === null) return "identity";
  switch (header.trim().toLowerCase()) {
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return "gzip";
    default:
      throw new Problem("UNSUPPORTED_CONTENT_ENCODING", `content-encoding ${header}; accepted: gzip, identity`, {
        members: { accepted: ["gzip", "identity"] },
        headers: { "accept-encoding": "gzip, identity" },
      });
  }
}

function tooLarge(bytesMax: number, how: string): Problem {
  return new Problem("BODY_TOO_LARGE", `a body has ${plural(bytesMax, "byte")} at most; ${how}`, {
    members: { bytesMax },
    // What is left of the body would be read as the next request.
    headers: { connection: "close" },
  });
}

function brokenOff(error: unknown, encoding: "identity" | "gzip"): Problem {
  if (error instanceof Problem) return error;
  if (encoding === "gzip") {
    return new Problem("INVALID_ENCODING", "content-encoding is gzip, and the body is not", { cause: error });
  }
  return new Problem("INCOMPLETE_BODY", "the connection ended before the body did", { cause: error });
}
