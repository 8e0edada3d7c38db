import { Elysia } from "elysia";
import type { Emit } from "../events.ts";
import type { Producer } from "../kafka/index.ts";
import type { Registry } from "../registry/index.ts";
import { createDoor, eventsRoutes } from "./events/index.ts";
import { createChecks, healthRoutes, type Ping } from "./health/index.ts";
import type { Limits } from "./limits.ts";
import { metricsRoutes } from "./metrics/index.ts";
import { createTallies, type Tallies } from "./metrics/tallies.ts";
import { openapiRoutes } from "./openapi/index.ts";
import { createRefusal } from "./refusal.ts";
import { answerUnrouted } from "./routes.ts";
import { createChecker, schemasRoutes } from "./schemas/index.ts";
import type { ServedTopics } from "./served-topic.ts";
import { topicsRoutes } from "./topics/index.ts";

export interface ApiParts {
  readonly topics: ServedTopics;
  readonly producer: Producer;
  readonly registry: Pick<Registry, "versions" | "version" | "level">;
  /** The folder of the schemas, for the settings of their check. */
  readonly schemasDir?: string;
  /** What readiness asks. */
  readonly pings: Readonly<Record<"kafka" | "registry", Ping>>;
  readonly limits: Limits;
  readonly emit: Emit;
  /** Made by `createTallies` for the topics; handed in where others count too. */
  readonly tallies?: Tallies;
}

/** How long an answer about readiness counts. */
const READY_AGE_MS_MAX = 1_000;

/** Builds the HTTP API. It does not listen: tests call `app.handle`, `startApi` calls `app.listen`. */
export function createApi({ topics, producer, registry, schemasDir, pings, limits, emit, ...given }: ApiParts) {
  const tallies = given.tallies ?? createTallies(topics.all.map(({ name }) => name));
  const refuse = createRefusal({ tallies, emit });
  const door = createDoor({ topics, producer, registry, tallies, limits, refuse, emit });
  const metrics = lazily(async () => {
    const { createMetrics } = await import("./metrics/metrics.ts");
    return createMetrics({ tallies, producer, requestsInFlight: door.inFlight });
  });
  const checks = createChecks(pings, { timeoutMs: limits.readyTimeoutMs, ageMsMax: READY_AGE_MS_MAX });
  const checker = createChecker({ topics, registry, dir: schemasDir, limits });
  const app = new Elysia({ name: "api" })
    .onError(({ code, error, request }) => {
      try {
        if (code === "NOT_FOUND") return answerUnrouted(app, request);
        throw error;
      } catch (failure) {
        return refuse(failure, request);
      }
    })
    .use(openapiRoutes(topics, routes))
    .use(routes());
  return { app, door };

  function routes() {
    return new Elysia()
      .use(eventsRoutes(door))
      .use(topicsRoutes(topics, registry))
      .use(schemasRoutes(checker))
      .use(healthRoutes({ checks, stopping: door.closing }))
      .use(metricsRoutes(metrics));
  }
}

/** Makes it for the first who asks: what is counted is counted elsewhere, and here it is put into words. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
