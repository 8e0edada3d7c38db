import type { Lock } from "../../catalog/index.ts";
import { silent } from "../../events.ts";
import { createRegistryApi, type RegistryApiOptions } from "./api.ts";
import { DEFAULT_LIMITS } from "./model.ts";
import { createParser } from "./parsed.ts";
import { seedFrom } from "./seed.ts";
import { openStore, type Store } from "./store/index.ts";

export interface RegistryOptions extends RegistryApiOptions {
  /** The loopback address where absent: then only this machine reaches it. */
  readonly host?: string;
  /** 0, or absent, picks a free one. */
  readonly port?: number;
  /** Where everything is kept; `:memory:`, or absent, keeps it as long as the process lives. */
  readonly file?: string;
  /** What another registry has: its schemas have the same ids and versions here, and new ones get ids above. */
  readonly lock?: Lock;
}

/** A schema registry that listens. */
export interface RegistryServer extends AsyncDisposable {
  readonly url: string;
  /** Answers what is under way, and ends. Closing twice is a no-op. */
  close(): Promise<void>;
}

const IN_MEMORY = ":memory:";

/** Above our own limit, which answers with 413; at Bun's limit the connection is closed without a word. */
const BODY_BYTES_MAX = Number.MAX_SAFE_INTEGER;

/** How long a request may take that is under way when the registry is closed. */
const CLOSE_MS_MAX = 2_000;

/**
 * Opens a schema registry with Confluent's REST API.
 * @throws Error that says so where the port is taken, or where the file is another process's, or is none of a registry.
 */
export async function openRegistry({
  host = "127.0.0.1",
  port = 0,
  file = IN_MEMORY,
  lock,
  ...options
}: RegistryOptions = {}): Promise<RegistryServer> {
  const { emit = silent } = options;
  const store = openStore(file);
  if (lock !== undefined) seedStore(store, lock, options);
  const app = createRegistryApi(store, options);
  try {
    // Elysia shares ports otherwise, and one registry would answer for another.
    app.listen({ hostname: host, port, reusePort: false, maxRequestBodySize: BODY_BYTES_MAX });
  } catch (error) {
    store.close();
    throw new Error(`the registry cannot listen on ${host}:${port}; ${remedyFor(error)}`, { cause: error });
  }
  const { server } = app;
  if (server === null) throw new Error("Elysia has not listened");
  const url = `http://${reached(host)}:${server.port}`;
  emit("registry.listening", { url, durable: file !== IN_MEMORY });

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= stop(server).then(() => {
      store.close();
      emit("registry.stopped", { url });
    });
    return closing;
  };
  return { url, close, [Symbol.asyncDispose]: close };
}

/** What is kept in the file wins over the lock, which is told: then ids here are not those of the other registry. */
function seedStore(store: Store, lock: Lock, { limits, now = Date.now, emit = silent }: RegistryApiOptions): void {
  const parts = { store, parser: createParser(store), limits: { ...DEFAULT_LIMITS, ...limits }, now };
  const { conflict } = seedFrom(parts, lock);
  if (conflict !== undefined) emit("registry.lock_ignored", { conflict });
}

/** Answers what is under way, then closes the connections that are left open. */
async function stop(server: Bun.Server<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, CLOSE_MS_MAX);
  await Promise.race([server.stop(), late]);
  clearTimeout(timer);
  await server.stop(true);
}

/** What to do about an address that cannot be had. */
function remedyFor(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EINVAL" || code === "EADDRNOTAVAIL") return "that is no address of this machine";
  if (code === "EACCES") return "ports below 1024 are not for everybody";
  return "port 0 picks a free one";
}

/** The address from this machine. */
function reached(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
