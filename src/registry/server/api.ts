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
import { Router } from "./router.ts";
import type { Store } from "./store/index.ts";

export interface RegistryApiOptions {
  /** Who may ask, by basic auth; everybody where there are none. */
  readonly users?: readonly Credentials[];
  readonly limits?: Partial<RegistryLimits>;
  readonly now?: () => number;
  readonly emit?: Emit;
}

export interface RegistryApi {
  /** Never rejects. */
  handle(request: Request): Promise<Response>;
}

/** Builds Confluent's REST API over a store. It does not listen: tests call `handle`, `openRegistry` listens. */
export function createRegistryApi(store: Store, options: RegistryApiOptions = {}): RegistryApi {
  const { users = [], limits = {}, now = Date.now, emit = silent } = options;
  const parts: RegistryParts = { store, parser: createParser(store), limits: { ...DEFAULT_LIMITS, ...limits }, now };
  const guard = createGuard(users);
  const refuse = refusal(emit);
  const router = new Router<Endpoint>();
  for (const endpoint of ENDPOINTS) {
    router.add(endpoint.method, endpoint.path, endpoint);
    if (endpoint.inContexts !== false) router.add(endpoint.method, `/contexts/:context${endpoint.path}`, endpoint);
  }
  return {
    async handle(request) {
      try {
        guard(request.headers.get("authorization"));
        const found = router.find(pathOf(request.url));
        // HEAD is answered as GET is; whoever listens leaves the body out.
        const endpoint = found?.values.get(request.method === "HEAD" ? "GET" : request.method);
        if (found === undefined || endpoint === undefined) return unrouted(request.method, found?.values);
        const type = acceptedType(request.headers.get("accept"));
        const takesBody = endpoint.method === "POST" || endpoint.method === "PUT";
        const body = takesBody ? await readJson(request, { bytesMax: parts.limits.bodyBytesMax }) : undefined;
        const call = new Call({ params: found.params, query: queryOf(request.url), body });
        return answered(endpoint.answer(parts, call), type);
      } catch (error) {
        return refuse(error);
      }
    },
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

/** The path alone. Where the header `Host` is no host, Bun's URL has no host either. */
function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

/** The answer where there is no call: the methods of the path for OPTIONS, else 405 or 404. */
function unrouted(asked: string, values: ReadonlyMap<string, unknown> | undefined): Response {
  if (values === undefined) throw notFound();
  if (asked !== "OPTIONS") throw new RegistryFault("METHOD_NOT_ALLOWED", "HTTP 405 Method Not Allowed");
  const allow = [...values.keys(), ...(values.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  return new Response(null, { status: 204, headers: { allow } });
}
