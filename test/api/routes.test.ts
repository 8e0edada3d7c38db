import { describe, expect, test } from "bun:test";
import { bodyOf, ORDERS, openApi } from "./open-api.ts";

describe("a request that no route takes", () => {
  test.each([
    ["GET", `/topics/${ORDERS}/events`, "POST, OPTIONS"],
    ["HEAD", `/topics/${ORDERS}/events`, "POST, OPTIONS"],
    ["DELETE", "/topics", "GET, HEAD, OPTIONS"],
    ["PUT", `/topics/${ORDERS}`, "GET, HEAD, OPTIONS"],
    ["POST", "/health/live", "GET, HEAD, OPTIONS"],
  ])("%s %s is answered 405 with what is allowed", async (method, path, allow) => {
    const api = await openApi();
    const response = await api.ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });

  test("is answered 405 whatever the host is called", async () => {
    const api = await openApi();
    for (const host of ["a", "api", "localhost:3000", "[::1]"]) {
      const response = await api.app.handle(new Request(`http://${host}/topics/${ORDERS}/events`, { method: "PUT" }));
      expect(response.status).toBe(405);
    }
  });

  test.each([["/"], ["/nothing/here"], [`/topics/${ORDERS}/event`], [`/topics/${ORDERS}/events/more`]])(
    "%s is answered 404 with where to look",
    async (path) => {
      const api = await openApi();
      const response = await api.ask(path, { method: "POST" });
      expect(response.status).toBe(404);
      expect(await bodyOf(response)).toMatchObject({
        type: "urn:sluice:problem:unknown-route",
        detail: expect.stringContaining("/openapi"),
      });
    },
  );
});

test.each(["GET", "HEAD"])("%s / leads to the API's page", async (method) => {
  const api = await openApi();
  const response = await api.ask("/", { method });
  expect({ status: response.status, to: response.headers.get("location") }).toEqual({ status: 302, to: "/openapi" });
});

test("OPTIONS says what a path takes", async () => {
  const api = await openApi();
  const response = await api.ask(`/topics/${ORDERS}/events`, { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(response.headers.get("allow")).toBe("POST, OPTIONS");
});

test("HEAD answers as GET does, without a body", async () => {
  const api = await openApi();
  const response = await api.ask("/topics", { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  expect(await response.text()).toBe("");
  expect((await api.ask("/topics/nothing", { method: "HEAD" })).status).toBe(404);
});
