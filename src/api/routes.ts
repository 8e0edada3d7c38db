import type { AnyElysia } from "elysia";
import { Problem } from "./problems.ts";

/** The answer to a request that no route takes: the page for a browser at `/`, 405, or OPTIONS, where there are routes for the path, else 404. */
export function answerUnrouted(app: AnyElysia, request: Request): Response {
  // Elysia's own `path` is cut short where the host has three characters or fewer, like `api`.
  const path = new URL(request.url).pathname;
  // What somebody types into a browser first.
  if (path === "/" && ["GET", "HEAD"].includes(request.method)) return Response.redirect("/openapi");
  const methods = methodsAt(app, path);
  if (methods.length === 0) {
    throw new Problem("UNKNOWN_ROUTE", "POST /topics/{topic}/events takes events; GET /openapi describes the API");
  }
  const allow = methods.join(", ");
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
  throw new Problem("METHOD_NOT_ALLOWED", `${request.method} ${path}; allowed: ${allow}`, {
    members: { allowed: methods },
    headers: { allow },
  });
}

function methodsAt(app: AnyElysia, path: string): string[] {
  const segments = segmentsOf(path);
  const methods = app.routes.filter((route) => matches(segmentsOf(route.path), segments)).map(({ method }) => method);
  if (methods.length === 0) return [];
  // Elysia answers HEAD where there is a GET.
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
