import type { Emit } from "../events.ts";
import { Connection } from "./connection.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Limits } from "./limits.ts";
import { ProtocolError } from "./protocol/index.ts";
import type { Identity } from "./sasl/index.ts";

export interface ServerOptions {
  readonly host: string;
  /** The port of each node; 0 picks a free one. */
  readonly ports: readonly number[];
  readonly nodeIds: readonly number[];
  readonly limits: Limits;
  readonly emit: Emit;
}

/** The listeners of all nodes, and the connections that came through them. */
export interface Server {
  readonly ports: readonly number[];
  /** Begins to answer; what comes before is refused. Where users are required, nobody has authenticated at first. */
  serve(dispatch: Dispatch, options?: { readonly usersRequired: boolean }): void;
  /** Ends connections, of one node or of all, as a crash would. */
  drop(nodeId?: number): void;
  /** Closes connections that have been silent for too long. */
  sweep(): void;
  readonly connections: number;
  close(): void;
}

interface SocketState {
  connection: Connection | undefined;
}

/** Listens on a port for each node. Throws where a port is taken. */
export function openServer({ host, ports, nodeIds, limits, emit }: ServerOptions): Server {
  const connections = new Map<Connection, { terminate(): void }>();
  let dispatch: Dispatch | undefined;
  let usersRequired = false;
  let nextId = 1;
  /** Of requests that have come in part, all connections together. */
  let heldBytes = 0;

  const listen = (port: number, nodeId: number) =>
    Bun.listen<SocketState>({
      hostname: host,
      port,
      exclusive: true,
      socket: {
        open(socket) {
          socket.data = { connection: undefined };
          const clientHost = `/${socket.remoteAddress}`;
          if (!dispatch || connections.size >= limits.connections) {
            emit("broker.connection.refused", { clientHost, connections: connections.size });
            socket.end();
            return;
          }
          const connection = new Connection({
            wire: socket,
            nodeId,
            clientHost,
            session: { id: nextId++, ...stranger(!usersRequired) },
            limits,
            dispatch,
            onFailure: (error) => emit("broker.connection.failed", { clientHost, error }),
          });
          connection.activeAt = performance.now();
          socket.data.connection = connection;
          connections.set(connection, socket);
        },
        data({ data: { connection } }, chunk) {
          if (!connection) return;
          connection.activeAt = performance.now();
          const before = connection.heldBytes;
          connection.receive(chunk);
          heldBytes += connection.heldBytes - before;
          if (heldBytes > limits.heldBytes) connection.fail(tooMuchHeld(heldBytes));
        },
        drain({ data: { connection } }) {
          if (!connection) return;
          connection.activeAt = performance.now();
          connection.drained();
        },
        close: (socket) => forget(socket.data),
        error: (socket) => forget(socket.data),
      },
    });
  const listenOn = (port: number, nodeId: number) => {
    try {
      return listen(port, nodeId);
    } catch (cause) {
      const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
      const why = taken ? "the port is taken; 0 picks a free one" : String(cause);
      throw new Error(`The broker cannot listen on ${host}:${port}: ${why}.`, { cause });
    }
  };
  const forget = (state: SocketState | undefined) => {
    if (!state?.connection) return;
    if (!connections.delete(state.connection)) return;
    heldBytes -= state.connection.heldBytes;
    state.connection.closed();
  };

  const listeners: ReturnType<typeof listen>[] = [];
  const stop = () => {
    for (const listener of listeners) listener.stop(true);
  };
  try {
    for (const [at, port] of ports.entries()) listeners.push(listenOn(port, nodeIds[at] ?? 0));
  } catch (error) {
    stop();
    throw error;
  }

  return {
    ports: listeners.map(({ port }) => port),
    serve(answer, options = { usersRequired: false }) {
      dispatch = answer;
      usersRequired = options.usersRequired;
    },
    drop(nodeId) {
      for (const [connection, socket] of connections) {
        if (nodeId === undefined || connection.nodeId === nodeId) socket.terminate();
      }
    },
    sweep() {
      const now = performance.now();
      for (const connection of connections.keys()) {
        if (connection.busy) continue;
        const silentMs = now - connection.activeAt;
        if (connection.heldBytes > 0 && silentMs > limits.frameMs)
          connection.fail(new ProtocolError("a request broke off"));
        else if (silentMs > limits.idleMs) connection.close();
      }
    },
    get connections() {
      return connections.size;
    },
    close() {
      dispatch = undefined;
      for (const connection of connections.keys()) connection.closed();
      stop();
    },
  };
}

const tooMuchHeld = (bytes: number): ProtocolError =>
  new ProtocolError(`requests of ${bytes} bytes have come in part, of all connections together, which is the limit`);

/** Whoever has just connected. */
const stranger = (authenticated: boolean): Identity => ({
  principal: "User:ANONYMOUS",
  authenticated,
  refused: false,
  conversation: undefined,
});
