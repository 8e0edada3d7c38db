import { Elysia, t } from "elysia";
import { PROBLEM_TYPE, Problem } from "../problems.ts";
import type { CheckResult } from "./checks.ts";

export { type CheckResult, createChecks, type Ping } from "./checks.ts";

export interface HealthParts {
  readonly checks: () => Promise<Record<string, CheckResult>>;
  readonly stopping: () => boolean;
}

/** Whether the process is alive, and whether it can do its work. */
export const healthRoutes = ({ checks, stopping }: HealthParts) =>
  new Elysia({ name: "health" })
    .get("/health/live", () => ({ status: "up" }), {
      response: t.Object({ status: t.String() }, { description: "It is." }),
      detail: { summary: "Whether the process is alive", tags: ["Operations"] },
    })
    .get(
      "/health/ready",
      async () => {
        if (stopping()) throw new Problem("STOPPING", "this process takes no more events; another one may");
        const results = await checks();
        const missing = Object.keys(results).filter((name) => !results[name]?.ok);
        if (missing.length > 0) throw notReady(results, missing);
        return { status: "up", checks: results };
      },
      {
        detail: {
          summary: "Whether Kafka and the registry answer",
          tags: ["Operations"],
          responses: {
            200: { description: "Both do." },
            503: {
              description: "One does not, or the process is stopping.",
              content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
            },
          },
        },
      },
    );

function notReady(results: Record<string, CheckResult>, missing: readonly string[]): Problem {
  const why = missing.map((name) => `${name}: ${results[name]?.detail ?? "does not answer"}`).join("; ");
  return new Problem("NOT_READY", why, { members: { missing, checks: results }, headers: { "retry-after": "1" } });
}
