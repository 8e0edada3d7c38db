// Named here, the types come along into the program of whoever imports this.
/// <reference path="./kafkajs.d.ts" />
import { createLogger, LEVELS } from "kafkajs/src/loggers/index.js";
import KafkajsConnection from "kafkajs/src/network/connection.js";
import createSocketFactory from "kafkajs/src/network/socketFactory.js";
import { nobodyThere } from "../nobody-there.ts";
import { KafkaError } from "./errors.ts";
import { FrameReader } from "./frames.ts";
import type { Address, KafkaSettings } from "./settings.ts";
import { WireReader } from "./wire.ts";

/** A request as the connection needs it. The highest version that both sides speak is used. */
export interface WireRequest<Answer> {
  readonly apiKey: number;
  readonly apiName: string;
  /** Lowest and highest version that `encode` and `decode` know. */
  readonly versions: readonly [number, number];
  /** The body, without the header; in parts, where joining them would copy much. */
  encode(version: number): Body | Promise<Body>;
  decode(payload: Buffer, version: number): Answer | Promise<Answer>;
}

export type Body = Buffer | readonly Buffer[];

type VersionRanges = Record<number, { minVersion: number; maxVersion: number }>;

/**
 * One connection to one broker: one life of one socket, authenticated, with the versions that the broker speaks.
 *
 * kafkajs does the socket, TLS, SASL and the pairing of answers with requests. Its own reconnecting is not used: there
 * a late `end` of the old socket takes down the new one, and two callers open two sockets. A broken connection of ours
 * stays broken, and the caller opens another.
 */
export class Connection {
  readonly #inner: KafkajsConnection;
  readonly #clientId: string;
  readonly #peer: string;
  readonly #authenticates: boolean;
  #versions: VersionRanges = {};
  #broken: KafkaError | undefined;
  #inFlight = 0;
  /** Called once, when the connection has broken or was closed. */
  onClosed: (() => void) | undefined;

  /** @throws KafkaError UNAVAILABLE, or a kind of SASL where the broker refuses us. */
  static async open(address: Address, settings: KafkaSettings, timeoutMs: number): Promise<Connection> {
    const connection = new Connection(address, settings, timeoutMs);
    const timer = setTimeout(() => connection.#break(`no connection within ${timeoutMs} ms`), timeoutMs);
    try {
      await connection.#handshake(settings, timeoutMs);
      return connection;
    } catch (error) {
      connection.#break("could not connect");
      // Nothing of the caller's was sent, whatever became of the handshake's own requests.
      const unsure = error instanceof KafkaError && error.outcome !== "refused";
      throw unsure ? (connection.#broken ?? error) : unavailable(connection.#peer, error);
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor({ host, port }: Address, settings: KafkaSettings, timeoutMs: number) {
    this.#peer = `${host}:${port}`;
    this.#clientId = settings.clientId;
    this.#authenticates = settings.sasl !== undefined;
    this.#inner = new KafkajsConnection({
      host,
      port,
      clientId: settings.clientId,
      ssl: settings.ssl === true ? {} : settings.ssl || null,
      // A copy each: kafkajs writes its authentication provider into the object.
      sasl: settings.sasl === undefined ? null : { ...settings.sasl },
      logger: QUIET,
      socketFactory: createSocketFactory(),
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      // Timeouts are ours, one per request: kafkajs's keep the connection, behind which everything else then waits.
      enforceRequestTimeout: false,
      maxInFlightRequests: null,
    });
    silenceEmptyQueue(this.#inner);
    this.#readFrames();
  }

  get closed(): boolean {
    return this.#broken !== undefined;
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this.#inFlight > 0;
  }

  /**
   * Sends a request and returns its answer.
   * @throws KafkaError UNAVAILABLE where nothing was sent; DISCONNECTED, TIMEOUT or MALFORMED_ANSWER where it was.
   */
  async send<Answer>(request: WireRequest<Answer>, timeoutMs: number): Promise<Answer> {
    const version = this.#versionOf(request);
    const body = await request.encode(version);
    if (this.#authenticates && !this.#inner.isAuthenticated()) await this.#authenticate();
    if (this.#broken !== undefined) throw this.#broken;
    const payload = await this.#exchange(request, version, body, timeoutMs);
    try {
      return await request.decode(payload, version);
    } catch (error) {
      if (error instanceof KafkaError) throw error;
      throw new KafkaError("MALFORMED_ANSWER", `${request.apiName} from ${this.#peer}`, { cause: error });
    }
  }

  /** Closes at once: what is in flight ends with DISCONNECTED. Closing twice is a no-op. */
  close(): void {
    this.#break("closed by this client");
  }

  #exchange(
    { apiKey, apiName }: { apiKey: number; apiName: string },
    version: number,
    body: Body,
    timeoutMs: number,
  ): Promise<Buffer> {
    const correlationId = this.#inner.nextCorrelationId();
    const frame = frameOf({ apiKey, version, correlationId, clientId: this.#clientId }, body);
    const about = `${apiName} to ${this.#peer}`;
    return new Promise((resolve, reject) => {
      this.#inFlight++;
      const timer = setTimeout(() => {
        settle(() => reject(new KafkaError("TIMEOUT", `${about}: no answer within ${timeoutMs} ms`)));
        // A broker answers a connection's requests in turn, so what comes behind this one would wait as well.
        this.#break(`${apiName} had no answer within ${timeoutMs} ms`);
      }, timeoutMs);
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        this.#inFlight--;
        outcome();
      };
      this.#inner.requestQueue.push({
        entry: {
          apiKey,
          apiName,
          apiVersion: version,
          correlationId,
          resolve: ({ payload }) => settle(() => resolve(payload)),
          reject: (cause) => settle(() => reject(new KafkaError("DISCONNECTED", about, { cause }))),
        },
        expectResponse: true,
        requestTimeout: null,
        sendRequest: () => this.#inner.socket?.write(frame),
      });
    });
  }

  /** Takes the cutting of the stream into answers from kafkajs, apart from those of SASL, which it counts otherwise. */
  #readFrames(): void {
    const inner = this.#inner;
    const authenticating = inner.processData.bind(inner);
    const frames = new FrameReader((frame) => {
      const answer = { size: frame.length, correlationId: frame.readInt32BE(0), payload: frame.subarray(4) };
      inner.requestQueue.fulfillRequest(answer);
    });
    inner.processData = (chunk) => {
      if (inner.authHandlers && !frames.within) return authenticating(chunk);
      try {
        frames.push(chunk);
      } catch (error) {
        this.#break(String(error));
      }
    };
  }

  async #handshake({ sasl }: KafkaSettings, timeoutMs: number): Promise<void> {
    const connecting = this.#inner.connect();
    const socket = this.#inner.socket;
    socket?.setNoDelay(true);
    // kafkajs leaves its promise open when the peer closes before TLS is up, and does not listen for `close` at all.
    const closed = new Promise<never>((_, reject) => {
      socket?.once("error", (error) => {
        this.#break(error.message);
        reject(error);
      });
      socket?.once("end", () => this.#break("the broker closed the connection"));
      socket?.once("close", () => {
        this.#break("the connection was closed");
        reject(this.#broken);
      });
    });
    await Promise.race([connecting, closed]);
    this.#versions = await Promise.race([this.send(apiVersions, timeoutMs), closed]);
    this.#inner.setVersions(this.#versions);
    this.#inner.setSupportAuthenticationProtocol(SASL_AUTHENTICATE in this.#versions);
    closed.catch(() => {}); // From here on `#break` tells whoever waits.
    if (sasl !== undefined) await Promise.race([this.#inner.authenticate(), closed]);
  }

  /** Also again, where the broker limits the life of a session (KIP-368). */
  async #authenticate(): Promise<void> {
    // Before the versions are known there is nothing to authenticate with, and ApiVersions needs no authentication.
    if (!(SASL_HANDSHAKE in this.#versions)) return;
    try {
      await this.#inner.authenticate();
    } catch (error) {
      this.#break("could not authenticate again");
      throw unavailable(this.#peer, error);
    }
  }

  #versionOf({ apiKey, apiName, versions: [lowest, highest] }: WireRequest<unknown>): number {
    if (apiKey === apiVersions.apiKey) return 0;
    const offered = this.#versions[apiKey];
    const version = Math.min(highest, offered?.maxVersion ?? -1);
    if (offered === undefined || version < Math.max(lowest, offered.minVersion)) {
      const range = offered === undefined ? "none" : `${offered.minVersion} to ${offered.maxVersion}`;
      throw new KafkaError(
        "UNSUPPORTED_VERSION",
        `${apiName}: ${this.#peer} speaks versions ${range}, this client ${lowest} to ${highest}`,
      );
    }
    return version;
  }

  #break(reason: string): void {
    if (this.#broken !== undefined) return;
    this.#broken = new KafkaError("UNAVAILABLE", `${this.#peer}: ${reason}`);
    this.#inner.requestQueue.rejectAll(this.#broken);
    this.#inner.requestQueue.destroy();
    this.#inner.socket?.destroy();
    this.onClosed?.();
  }
}

const SASL_HANDSHAKE = 17;
const SASL_AUTHENTICATE = 36;

/** What the broker speaks. Version 0 is answered by every broker, whatever its age. */
const apiVersions: WireRequest<VersionRanges> = {
  apiKey: 18,
  apiName: "ApiVersions",
  versions: [0, 0],
  encode: () => Buffer.alloc(0),
  decode(payload) {
    const reader = new WireReader(payload);
    reader.int16(); // No error but UNSUPPORTED_VERSION, and version 0 is not that.
    const ranges = reader.array(
      (from) => [from.int16(), { minVersion: from.int16(), maxVersion: from.int16() }] as const,
    );
    return Object.fromEntries(ranges);
  },
};

interface FrameHeader {
  readonly apiKey: number;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
}

/** Request header version 1: the size of what follows, then key, version, correlation id and client id. */
function frameOf({ apiKey, version, correlationId, clientId }: FrameHeader, body: Body): Buffer {
  const clientIdBytes = Buffer.byteLength(clientId);
  const head = Buffer.allocUnsafe(14 + clientIdBytes);
  const parts = "byteLength" in body ? [head, body] : [head, ...body];
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  head.writeInt32BE(size - 4, 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt16BE(version, 6);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE(clientIdBytes, 12);
  head.write(clientId, 14);
  return Buffer.concat(parts, size);
}

/** kafkajs sets a timer in the past after each answer (kafkajs#1751). There is nothing to check in an empty queue. */
function silenceEmptyQueue({ requestQueue }: KafkajsConnection): void {
  const check = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
  requestQueue.scheduleCheckPendingRequests = () => {
    if (requestQueue.pending.length > 0) check();
  };
}

function unavailable(peer: string, cause: unknown): KafkaError {
  if (cause instanceof KafkaError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/\bECONNREFUSED\b/.test(message)) {
    const colon = peer.lastIndexOf(":");
    return new KafkaError("UNAVAILABLE", nobodyThere(peer.slice(0, colon), peer.slice(colon + 1), "broker"), { cause });
  }
  const refused = cause instanceof Error && cause.name === "KafkaJSSASLAuthenticationError";
  return new KafkaError(refused ? "SASL_AUTHENTICATION_FAILED" : "UNAVAILABLE", `${peer}: ${message}`, { cause });
}

/** What kafkajs would print is told by our errors. */
const QUIET = createLogger({ level: LEVELS.NOTHING, logCreator: () => () => {} });
