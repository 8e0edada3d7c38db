import type { AnyElysia } from "elysia";
import { Problem } from "./problems.ts";

/** The answer to a request that no route takes: 405, OPTIONS and HEAD where there are routes for the path, else 404. */
export async function answerUnrouted(app: AnyElysia, request: Request, path: string): Promise<Response> {
  const methods = methodsAt(app, path);
  if (methods.length === 0) {
    throw new Problem("UNKNOWN_ROUTE", "POST /topics/{topic}/events takes events; GET /openapi describes the API");
  }
  const allow = methods.join(", ");
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  if (request.method === "HEAD" && methods.includes("GET")) return headOf(app, request);
  throw new Problem("METHOD_NOT_ALLOWED", `${request.method} ${path}; allowed: ${allow}`, {
    members: { allowed: methods },
    headers: { allow },
  });
}

/** All that GET would answer but the body. */
async function headOf(app: AnyElysia, request: Request): Promise<Response> {
  const { status, headers } = await app.handle(new Request(request.url, { headers: request.headers }));
  return new Response(null, { status, headers });
}

function methodsAt(app: AnyElysia, path: string): string[] {
  const segments = segmentsOf(path);
  const methods = app.routes.filter((route) => matches(segmentsOf(route.path), segments)).map(({ method }) => method);
  if (methods.length === 0) return [];
  return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])];
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function matches(route: readonly string[], segments: readonly string[]): boolean {
  return (
    route.length === segments.length &&
    route.every((segment, index) => segment.startsWith(":") || segment === segments[index])
  );
}
