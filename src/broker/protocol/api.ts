import { type Codec, codecOf } from "./codec.ts";
import { ProtocolError } from "./errors.ts";
import { type Decoded, type Encodable, type Fields, fixedString, int16, int32 } from "./field.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** One of Kafka's requests with its response, by version. */
export interface Api<Request extends Fields = Fields, Response extends Fields = Fields> {
  readonly key: number;
  readonly name: string;
  /** The first and the last version that is spoken. */
  readonly versions: readonly [number, number];
  /** The first version with compact lengths and tagged fields (KIP-482); undefined where none has them. */
  readonly flexibleSince: number | undefined;
  readonly request: Request;
  readonly response: Response;
}

/** What the broker gets, and what a client gives. */
export type RequestOf<A extends Api> = Decoded<A["request"]>;
export type RequestInput<A extends Api> = Encodable<A["request"]>;
/** What a client gets, and what the broker gives. */
export type ResponseOf<A extends Api> = Decoded<A["response"]>;
export type ResponseInput<A extends Api> = Encodable<A["response"]>;

/** Declares a message; nothing else has to be written for it to be spoken. */
export const defineApi = <const Request extends Fields, const Response extends Fields>(
  api: Omit<Api<Request, Response>, "flexibleSince"> & { readonly flexibleSince?: number },
): Api<Request, Response> => ({ ...api, flexibleSince: api.flexibleSince });

/** What stands before each request. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

const REQUEST_HEADER = {
  apiKey: int16,
  apiVersion: int16,
  correlationId: int32,
  clientId: fixedString.orNull(),
};
const RESPONSE_HEADER = { correlationId: int32 };

const HEADERS = {
  request: [codecOf(REQUEST_HEADER, 0, false), codecOf(REQUEST_HEADER, 0, true)],
  response: [codecOf(RESPONSE_HEADER, 0, false), codecOf(RESPONSE_HEADER, 0, true)],
} as const;

/** ApiVersions is answered with the oldest header, since the client does not know yet what the broker speaks. */
const API_VERSIONS_KEY = 18;

/** Whether a version of a message has compact lengths and tagged fields. */
export const isFlexible = ({ flexibleSince }: Api, version: number): boolean =>
  flexibleSince !== undefined && version >= flexibleSince;

/** The codecs built so far, by declaration and version. Building one walks the whole declaration. */
const CODECS = new WeakMap<Fields, Codec<Fields>[]>();

function cached<F extends Fields>(api: Api, fields: F, version: number): Codec<F> {
  const byVersion = CODECS.get(fields) ?? [];
  if (byVersion.length === 0) CODECS.set(fields, byVersion);
  byVersion[version] ??= codecOf<Fields>(fields, version, isFlexible(api, version));
  // The map is keyed by the declaration, from which the codec's type comes.
  return byVersion[version] as unknown as Codec<F>;
}

/** Key and version of the request in a frame; which message it is must be known before the rest can be read. */
export function peekRequest(frame: Buffer): {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
} {
  const reader = new Reader(frame);
  return { apiKey: reader.int16(), apiVersion: reader.int16(), correlationId: reader.int32() };
}

/** Reads a request's frame, without the four bytes of its size. Bytes after the message are passed over, as Kafka does. */
export function decodeRequest<A extends Api>(api: A, frame: Buffer): { header: RequestHeader; request: RequestOf<A> } {
  const { apiVersion } = peekRequest(frame);
  const reader = new Reader(frame);
  const header = HEADERS.request[isFlexible(api, apiVersion) ? 1 : 0].read(reader);
  return { header, request: cached<A["request"]>(api, api.request, apiVersion).read(reader) };
}

/** Writes a response with its header and size: pieces to be sent one after the other. */
export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  correlationId: number,
  response: ResponseInput<A>,
): Buffer[] {
  const writer = new Writer();
  HEADERS.response[headerOf(api, version)].write(writer, { correlationId });
  cached<A["response"]>(api, api.response, version).write(writer, response);
  return framed(writer);
}

/** Writes a request with its header and size: what a client sends. */
export function encodeRequest<A extends Api>(
  api: A,
  header: Omit<RequestHeader, "apiKey">,
  request: RequestInput<A>,
): Buffer[] {
  const writer = new Writer();
  HEADERS.request[isFlexible(api, header.apiVersion) ? 1 : 0].write(writer, { apiKey: api.key, ...header });
  cached<A["request"]>(api, api.request, header.apiVersion).write(writer, request);
  return framed(writer);
}

/** Reads a response's frame, without the four bytes of its size; throws a ProtocolError where bytes are left over. */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  frame: Buffer,
): { correlationId: number; response: ResponseOf<A> } {
  const reader = new Reader(frame);
  const { correlationId } = HEADERS.response[headerOf(api, version)].read(reader);
  const response = cached<A["response"]>(api, api.response, version).read(reader);
  if (reader.left > 0) throw new ProtocolError(`${reader.left} bytes follow the response to ${api.name} v${version}`);
  return { correlationId, response };
}

const headerOf = (api: Api, version: number): 0 | 1 =>
  isFlexible(api, version) && api.key !== API_VERSIONS_KEY ? 1 : 0;

function framed(writer: Writer): Buffer[] {
  const size = Buffer.allocUnsafe(4);
  size.writeInt32BE(writer.length);
  return [size, ...writer.pieces()];
}
