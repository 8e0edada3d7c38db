import { type AnyElysia, Elysia } from "elysia";
import { type Emit, silent } from "../../events.ts";
import { faultAnswer } from "./answers.ts";
import { type Credentials, createGuard } from "./auth.ts";
import { Call, notFound } from "./call.ts";
import { type Endpoint, NOTHING, PlainText } from "./endpoint.ts";
import { ENDPOINTS } from "./endpoints/index.ts";
import { FAULTS, RegistryFault } from "./faults.ts";
import { acceptedType, MEDIA_TYPES, readJson } from "./http.ts";
import { DEFAULT_LIMITS, type RegistryLimits } from "./model.ts";
import { createParser } from "./parsed.ts";
import type { RegistryParts } from "./parts.ts";
import type { Store } from "./store/index.ts";

export interface RegistryApiOptions {
  /** Who may ask, by basic auth; everybody where there are none. */
  readonly users?: readonly Credentials[];
  readonly limits?: Partial<RegistryLimits>;
  readonly now?: () => number;
  /** What `GET /v1/metadata/id` calls the registry's cluster; `schema-registry` where absent, as Confluent's is called. */
  readonly name?: string;
  readonly emit?: Emit;
}

/** Builds Confluent's REST API over a store. It does not listen: tests call `app.handle`, `openRegistry` listens. */
export function createRegistryApi(store: Store, options: RegistryApiOptions = {}): AnyElysia {
  const { users = [], limits = {}, now = Date.now, emit = silent, name } = options;
  const parts: RegistryParts = {
    store,
    parser: createParser(store),
    limits: { ...DEFAULT_LIMITS, ...limits },
    now,
    name,
  };
  const guard = createGuard(users);
  const refuse = refusal(emit);
  const app = new Elysia({ name: "registry" }).onError(({ code, error, request }) => {
    try {
      guard(request.headers.get("authorization"));
      if (code === "NOT_FOUND") return unrouted(app, request);
    } catch (fault) {
      return refuse(fault);
    }
    return refuse(error);
  });
  for (const endpoint of ENDPOINTS) {
    const paths: Endpoint["path"][] =
      endpoint.inContexts === false ? [endpoint.path] : [endpoint.path, `/contexts/:context${endpoint.path}`];
    for (const path of paths) {
      const handle = handlerFor({ ...endpoint, path }, { parts, guard, refuse });
      app.route(endpoint.method, path, handle, { parse: "none" });
    }
  }
  return app;
}

function handlerFor(
  { method, path, answer }: Endpoint,
  { parts, guard, refuse }: { parts: RegistryParts; guard: (header: string | null) => void; refuse: Refuse },
) {
  const takesBody = method === "POST" || method === "PUT";
  const route = segmentsOf(path);
  return async ({ request }: { readonly request: Request }): Promise<Response> => {
    try {
      guard(request.headers.get("authorization"));
      const params = paramsOf(route, request.url);
      const type = acceptedType(request.headers.get("accept"));
      const body = takesBody ? await readJson(request, { bytesMax: parts.limits.bodyBytesMax }) : undefined;
      return answered(await answer(parts, new Call({ params, query: queryOf(request.url), body })), type);
    } catch (error) {
      return refuse(error);
    }
  };
}

function answered(answer: unknown, type: string): Response {
  if (answer === NOTHING) return new Response(null, { status: 204 });
  const text = answer instanceof PlainText ? answer.text : JSON.stringify(answer);
  return new Response(text, { headers: { "content-type": type } });
}

type Refuse = (thrown: unknown) => Response;

/** Turns whatever was thrown into an answer. What is no fault is our own failure, of which the operator hears. */
function refusal(emit: Emit): Refuse {
  return (thrown) => {
    const fault =
      thrown instanceof RegistryFault
        ? thrown
        : new RegistryFault("INTERNAL", "Error in the registry; its log says more");
    if (fault !== thrown) emit("registry.failed", { error: thrown });
    return new Response(JSON.stringify(faultAnswer(fault)), {
      status: FAULTS[fault.kind].status,
      headers: {
        "content-type": MEDIA_TYPES[0],
        ...(fault.kind === "UNAUTHORIZED" && { "www-authenticate": 'Basic realm="registry"' }),
      },
    });
  };
}

/**
 * What stands in the path where the route has names; null where it is not encoded well. Bun has routed already, but its
 * parameters have a replacement character there, and two subjects would be one.
 */
function paramsOf(route: readonly string[], url: string): Record<string, string | null> {
  const segments = segmentsOf(pathOf(url));
  // Where the path has `..` Bun's routes take it for a name, and the URL does not.
  if (!matches(route, segments)) throw notFound();
  const named = route.flatMap((name, index) =>
    name.startsWith(":") ? [[name.slice(1), decoded(segments[index] ?? "")] as const] : [],
  );
  return Object.fromEntries(named);
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Its only failure.
    return null;
  }
}

/** The path alone. Where the header `Host` is no host, Bun's URL has no host either. */
function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

/** The answer where no route takes a request: the methods of the path for OPTIONS, else 405 or 404. */
function unrouted(app: AnyElysia, request: Request): Response {
  const segments = segmentsOf(pathOf(request.url));
  const methods = new Set(
    app.routes.filter(({ path }) => matches(segmentsOf(path), segments)).map(({ method }) => method),
  );
  if (methods.size === 0) throw notFound();
  if (request.method !== "OPTIONS") throw new RegistryFault("METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed");
  const allow = [...methods, ...(methods.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  return new Response(null, { status: 204, headers: { allow } });
}

/** A slash at the end makes no difference. */
function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, "").split("/");
}

function matches(route: readonly string[], segments: readonly string[]): boolean {
  return (
    route.length === segments.length &&
    route.every((segment, index) => (segment.startsWith(":") ? segments[index] !== "" : segment === segments[index]))
  );
}
