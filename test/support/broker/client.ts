import {
  type Api,
  decodeResponse,
  encodeRequest,
  type RequestInput,
  type ResponseOf,
} from "../../../src/broker/protocol/index.ts";

/** A connection that speaks the protocol word by word: tests say which message, in which version, and see every field. */
export interface WireClient extends AsyncDisposable {
  /** Sends one request and waits for its response, up to 30 s. Several may be under way. */
  call<A extends Api>(api: A, version: number, request: RequestInput<A>): Promise<ResponseOf<A>>;
  /** Sends a request that gets no response, such as Produce with acks=0. */
  tell<A extends Api>(api: A, version: number, request: RequestInput<A>): void;
  /** Sends bytes as they are. */
  raw(bytes: Buffer): void;
  /** Is given every frame that answers none of the calls. */
  rawAnswer(listener: (frame: Buffer) => void): void;
  /** Resolves when the other side, or `close`, has ended the connection. */
  readonly closed: Promise<void>;
  close(): void;
}

const RESPONSE_MS_MAX = 30_000;

/** Connects to `host:port`. */
export async function connectWire(address: string, clientId = "wire"): Promise<WireClient> {
  const { hostname, port } = new URL(`kafka://${address}`);
  const waiting = new Map<number, (frame: Buffer | Error) => void>();
  const unsent: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  let held = Buffer.alloc(0);
  let correlationId = 0;
  let listener: (frame: Buffer) => void = () => {};

  const receive = (chunk: Buffer) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      const frame = held.subarray(4, end);
      held = held.subarray(end);
      (waiting.get(frame.readInt32BE(0)) ?? listener)(frame);
    }
  };
  const end = () => {
    for (const settle of [...waiting.values()]) settle(new Error("the connection was closed"));
    ended.resolve();
  };
  const flush = () => {
    for (let next = unsent[0]; next; next = unsent[0]) {
      const written = socket.write(next);
      if (written < next.length) {
        unsent[0] = next.subarray(Math.max(written, 0));
        return;
      }
      unsent.shift();
    }
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: { data: (_socket, chunk) => receive(chunk), close: end, end, error: end, drain: flush },
  });
  const send = (bytes: Buffer) => {
    unsent.push(bytes);
    flush();
  };
  const write = <A extends Api>(api: A, version: number, request: RequestInput<A>): number => {
    correlationId += 1;
    send(Buffer.concat(encodeRequest(api, { apiVersion: version, correlationId, clientId }, request)));
    return correlationId;
  };
  const close = () => {
    socket.end();
  };

  return {
    async call(api, version, request) {
      const answered = Promise.withResolvers<Buffer>();
      const id = write(api, version, request);
      const late = setTimeout(() => settle(new Error(`no answer to ${api.name} v${version}`)), RESPONSE_MS_MAX);
      const settle = (result: Buffer | Error) => {
        clearTimeout(late);
        waiting.delete(id);
        if (result instanceof Error) answered.reject(result);
        else answered.resolve(result);
      };
      waiting.set(id, settle);
      return decodeResponse(api, version, await answered.promise).response;
    },
    tell(api, version, request) {
      write(api, version, request);
    },
    raw: send,
    rawAnswer(given) {
      listener = given;
    },
    closed: ended.promise,
    close,
    async [Symbol.asyncDispose]() {
      close();
      await ended.promise;
    },
  };
}
