import { createRegistryApi, type RegistryApiOptions } from "./api.ts";
import { openStore } from "./store/index.ts";

export interface RegistryOptions extends RegistryApiOptions {
  /** The loopback address where absent: then only this machine reaches it. */
  readonly host?: string;
  /** 0, or absent, picks a free one. */
  readonly port?: number;
  /** Where everything is kept; `:memory:`, or absent, keeps it as long as the process lives. */
  readonly file?: string;
}

/** A schema registry that listens. */
export interface RegistryServer extends AsyncDisposable {
  readonly url: string;
  /** Answers what is under way, and ends. Closing twice is a no-op. */
  close(): Promise<void>;
}

/** Above our own limit, which answers with 413; at Bun's limit the connection is closed without a word. */
const BODY_BYTES_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Opens a schema registry with Confluent's REST API.
 * @throws Error where the port is taken, or the file is not to be had.
 */
export async function openRegistry({
  host = "127.0.0.1",
  port = 0,
  file = ":memory:",
  ...options
}: RegistryOptions = {}): Promise<RegistryServer> {
  const store = openStore(file);
  const app = createRegistryApi(store, options);
  try {
    // Elysia shares ports otherwise, and one registry would answer for another.
    app.listen({ hostname: host, port, reusePort: false, maxRequestBodySize: BODY_BYTES_MAX });
  } catch (error) {
    store.close();
    throw error;
  }
  const { server } = app;
  if (server === null) throw new Error("Elysia has not listened");

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.stop().finally(() => store.close());
    return closing;
  };
  return { url: `http://${urlHost(host)}:${server.port}`, close, [Symbol.asyncDispose]: close };
}

/** Where it is reached from this machine. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
