import { Elysia } from "elysia";
import type { Registry } from "prom-client";

/** What Prometheus scrapes. */
export const metricsRoutes = (made: () => Promise<Registry>) =>
  new Elysia({ name: "metrics" }).get(
    "/metrics",
    async () => {
      const metrics = await made();
      return new Response(await metrics.metrics(), { headers: { "content-type": metrics.contentType } });
    },
    {
      detail: {
        summary: "Metrics for Prometheus",
        tags: ["Operations"],
        responses: { 200: { description: "Prometheus's text format.", content: { "text/plain": {} } } },
      },
    },
  );
