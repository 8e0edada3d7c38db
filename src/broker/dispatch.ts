import type { Handler, Parts, RequestContext, Session } from "./parts.ts";
import {
  type Api,
  decodeRequest,
  encodeResponse,
  KafkaFault,
  MESSAGES,
  ProtocolError,
  peekRequest,
  type RequestOf,
  type ResponseInput,
  refusal,
} from "./protocol/index.ts";
import { converse } from "./sasl/index.ts";

/** Pieces to send one after the other; undefined where the request gets no answer. */
export type Reply = Buffer[] | undefined;

/** What answering needs to know of a connection. */
export interface Peer {
  readonly nodeId: number;
  readonly clientHost: string;
  readonly session: Session;
  readonly signal: AbortSignal;
}

/** Answers one frame: at once wherever the handler can. Throws, or rejects, where the connection must be closed. */
export type Dispatch = (frame: Buffer, peer: Peer) => Reply | Promise<Reply>;

/** What a client may ask for before it has said who it is. */
const BEFORE_AUTHENTICATION: ReadonlySet<number> = new Set([
  MESSAGES.saslHandshake.key,
  MESSAGES.apiVersions.key,
  MESSAGES.saslAuthenticate.key,
]);

/** Finds each request's handler, and gives the answer its bytes. */
export function createDispatch(parts: Parts, handlers: readonly Handler[]): Dispatch {
  const byKey = new Map(handlers.map((handler) => [handler.api.key, handler]));
  return (frame, peer) => {
    const { conversation } = peer.session;
    if (conversation && !conversation.framed) return sized(converse(peer.session, frame));
    const { apiKey, apiVersion, correlationId } = peekRequest(frame);
    const handler = byKey.get(apiKey);
    if (!handler) throw new ProtocolError(`there is no request with key ${apiKey}`);
    if (!peer.session.authenticated && !BEFORE_AUTHENTICATION.has(apiKey)) {
      throw new ProtocolError(`${handler.api.name} came before the client had authenticated`);
    }
    const [first, last] = handler.api.versions;
    if (apiVersion < first || apiVersion > last) return refuseVersion(handler.api, apiVersion, correlationId);
    const { header, request } = decodeRequest(handler.api, frame);
    const context: RequestContext = {
      ...parts,
      nodeId: peer.nodeId,
      version: apiVersion,
      clientId: header.clientId,
      clientHost: peer.clientHost,
      session: peer.session,
      signal: peer.signal,
    };
    const encode = (answer: ResponseInput<Api> | undefined): Reply =>
      answer && encodeResponse(handler.api, apiVersion, correlationId, answer);
    const failed = (error: unknown): Reply => encode(answerTo(error, handler.api, request, parts));
    try {
      const answer = parts.faults.around(context, handler, request);
      return answer instanceof Promise ? answer.then(encode).catch(failed) : encode(answer);
    } catch (error) {
      return failed(error);
    }
  };
}

/** After SaslHandshake v0 the mechanism's messages stand alone, with their size. */
function sized(bytes: Buffer): Buffer[] {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return [size, bytes];
}

/** A client that speaks a newer Kafka asks with its own version first, and is told ours in the oldest form. */
function refuseVersion(api: Api, version: number, correlationId: number): Reply {
  if (api !== MESSAGES.apiVersions) throw new ProtocolError(`${api.name} is not spoken in version ${version}`);
  const { key, versions } = MESSAGES.apiVersions;
  return encodeResponse(MESSAGES.apiVersions, 0, correlationId, {
    errorCode: new KafkaFault("UNSUPPORTED_VERSION").code,
    apiKeys: [{ apiKey: key, minVersion: versions[0], maxVersion: versions[1] }],
  });
}

/** Expected failures are told to the client where the message has room for an error; the rest is told to the operator too. */
function answerTo(error: unknown, api: Api, request: RequestOf<Api>, { emit }: Parts): ResponseInput<Api> {
  if (error instanceof KafkaFault) {
    if (error.kind === "KAFKA_STORAGE_ERROR") emit("broker.storage.failed", { api: api.name, error });
    return refusal(api, request, error);
  }
  if (error instanceof ProtocolError) throw error;
  emit("broker.request.failed", { api: api.name, error });
  return refusal(api, request, new KafkaFault("UNKNOWN_SERVER_ERROR", "The broker met what it does not expect."));
}
