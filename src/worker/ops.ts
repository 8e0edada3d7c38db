import { Elysia } from "elysia";
import type { Health } from "./health.ts";
import type { WorkerMetrics } from "./metrics.ts";

export interface OpsOptions {
  readonly live: () => Health;
  readonly ready: () => Health;
  readonly metrics: Pick<WorkerMetrics, "exposition">;
}

/** Builds the HTTP side of a worker: health and metrics. It does not listen. */
export const createOps = ({ live, ready, metrics }: OpsOptions) =>
  new Elysia({ name: "ops" })
    .get("/health/live", ({ status }) => answer(live(), status))
    .get("/health/ready", ({ status }) => answer(ready(), status))
    .get("/metrics", async ({ set }) => {
      const { text, contentType } = await metrics.exposition();
      set.headers["content-type"] = contentType;
      return text;
    });

function answer({ ok, why }: Health, status: (code: 200 | 503, body: object) => unknown) {
  return status(ok ? 200 : 503, { status: ok ? "up" : "down", why });
}

/**
 * Listens on a port; 0 picks a free one.
 * @throws Error that names OPS_PORT where the port is taken.
 */
export async function listen({ port, host, ...options }: OpsOptions & { port: number; host: string }) {
  const app = createOps(options);
  try {
    // Elysia shares ports otherwise, and one worker would answer for another.
    app.listen({ port, hostname: host, reusePort: false });
  } catch (error) {
    throw new Error(`OPS_PORT=${port}: cannot listen there; 0 picks a free port`, { cause: error });
  }
  const { server } = app;
  if (server === null) throw new Error("Elysia has not listened");
  return {
    url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${server.port}`,
    stop: async () => {
      await app.stop(true);
    },
  };
}
