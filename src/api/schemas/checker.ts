import { setImmediate } from "node:timers/promises";
import { type Registry, RegistryError } from "../../registry/index.ts";
import { readBody } from "../events/body.ts";
import { createDeadlines } from "../events/deadlines.ts";
import { parseJson, textOf } from "../events/json.ts";
import type { Limits } from "../limits.ts";
import { Problem } from "../problems.ts";
import type { ServedTopics } from "../served-topic.ts";

export interface CheckerParts {
  readonly topics: ServedTopics;
  readonly registry: Pick<Registry, "versions" | "version" | "level">;
  /** The folder of the topics' schemas, whose `gate.yaml` holds; where left out, every rule is as it is by itself. */
  readonly dir?: string | undefined;
  readonly limits: Pick<Limits, "checkBytesMax" | "checksWaitingMax" | "bodyTimeoutMs">;
}

/** Answers requests that ask what is to be said of a schema. */
export interface Checker {
  /** @throws Problem */
  post(request: Request): Promise<Response>;
}

/** Builds it. What it needs to check is loaded for the first who asks. */
export function createChecker({ topics, registry, dir, limits }: CheckerParts): Checker {
  const inTurn = createQueue(limits.checksWaitingMax);
  return {
    async post(request) {
      assertJson(request.headers.get("content-type"));
      const body = await bodyOf(request, limits);
      const { checkSchema, NotAsked, readGateSettings, reportJson, schemaCheckIn } = await import(
        "../../registry/check/index.ts"
      );
      try {
        const asked = schemaCheckIn(body);
        const declared = { topics: topics.all.map((topic) => topic.declared), shared: topics.shared };
        const today = new Date().toISOString().slice(0, 10);
        // Whoever edits it need not start the door anew.
        const settings = dir === undefined ? {} : { settings: readGateSettings(dir).settings };
        const parts = { registry, declared, today, ...settings };
        return Response.json(reportJson(await inTurn(() => checkSchema(asked, parts))));
      } catch (error) {
        if (error instanceof NotAsked) {
          throw new Problem("INVALID_CHECK", error.message, { members: { errors: error.problems }, cause: error });
        }
        if (error instanceof RegistryError) throw unavailable(error);
        throw error;
      }
    },
  };
}

/** A request's JSON. @throws Problem */
async function bodyOf(request: Request, { checkBytesMax, bodyTimeoutMs }: CheckerParts["limits"]): Promise<unknown> {
  using deadlines = createDeadlines(bodyTimeoutMs);
  return parseJson(textOf(await readBody(request, { bytesMax: checkBytesMax, deadlines })));
}

function assertJson(header: string | null): void {
  const [type = ""] = (header ?? "application/json").toLowerCase().split(";");
  if (type.trim() === "application/json") return;
  throw new Problem("UNSUPPORTED_MEDIA_TYPE", `content-type ${header}; accepted: application/json`, {
    members: { accepted: ["application/json"] },
  });
}

/** Does one thing after the other: while a schema is compared nothing else is done, and events are waiting. */
function createQueue(waitingMax: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= waitingMax) {
      throw new Problem("CHECKS_FULL", `${waiting} schemas are waiting to be checked`, {
        members: { retryAfter: 1 },
        headers: { "retry-after": "1" },
      });
    }
    waiting++;
    const before = last;
    const done = (async () => {
      await before;
      // Whoever came meanwhile has a turn first.
      await setImmediate();
      return work();
    })().finally(() => waiting--);
    last = done.catch(() => {});
    return done;
  };
}

function unavailable(error: RegistryError): Problem {
  return new Problem("REGISTRY_UNAVAILABLE", "the schema cannot be compared with what is registered", {
    members: { retryAfter: 1 },
    headers: { "retry-after": "1" },
    cause: error,
  });
}
