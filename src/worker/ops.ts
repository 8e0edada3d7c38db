import type { Health } from "./health.ts";
import type { WorkerMetrics } from "./metrics.ts";

export interface OpsOptions {
  readonly live: () => Health;
  readonly ready: () => Health;
  readonly metrics: Pick<WorkerMetrics, "exposition">;
}

/** Builds the HTTP side of a worker: health and metrics. Three paths need no framework, and start without one. */
export const createOps = ({ live, ready, metrics }: OpsOptions) => ({
  "/health/live": { GET: () => answer(live()) },
  "/health/ready": { GET: () => answer(ready()) },
  "/metrics": {
    GET: async () => {
      const { text, contentType } = await metrics.exposition();
      return new Response(text, { headers: { "content-type": contentType } });
    },
  },
});

function answer({ ok, why }: Health): Response {
  return Response.json({ status: ok ? "up" : "down", why }, { status: ok ? 200 : 503 });
}

/**
 * Listens on a port; 0 picks a free one.
 * @throws Error that names OPS_PORT where the port is taken.
 */
export async function listen({ port, host, ...options }: OpsOptions & { port: number; host: string }) {
  const server = serve({ port, host }, createOps(options));
  return {
    url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${server.port}`,
    stop: () => server.stop(true),
  };
}

const noSuchPath = () =>
  new Response("no such path; there are /metrics, /health/live and /health/ready\n", { status: 404 });

function serve({ port, host }: { port: number; host: string }, routes: ReturnType<typeof createOps>) {
  try {
    return Bun.serve({ port, hostname: host, routes, fetch: noSuchPath });
  } catch (error) {
    throw new Error(`OPS_PORT=${port}: cannot listen there; 0 picks a free port`, { cause: error });
  }
}
