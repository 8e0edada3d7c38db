import { expect, test } from "bun:test";
import { sluice } from "../support/sluice.ts";

const listening = (status: number) =>
  Bun.serve({ port: 0, fetch: ({ url }) => new Response(new URL(url).pathname, { status }) });

/** A port that a server had a moment ago. */
async function nobody(): Promise<string> {
  const server = listening(200);
  const { port } = server;
  await server.stop(true);
  return String(port);
}

test("an API that is alive is well", async () => {
  using server = listening(200);
  const { code, out } = await sluice(["health"], { HTTP_PORT: String(server.port), OPS_PORT: await nobody() });
  expect({ code, out }).toEqual({ code: 0, out: `http://127.0.0.1:${server.port}/health/live answers 200\n` });
});

test("a worker that is alive is well, although no API runs beside it", async () => {
  using server = listening(200);
  const { code } = await sluice(["health"], { HTTP_PORT: await nobody(), OPS_PORT: String(server.port) });
  expect(code).toBe(0);
});

test("one that answers 503 is not, and its answer is passed on", async () => {
  using server = listening(503);
  const { code, err } = await sluice(["health", "--ready"], {
    HTTP_PORT: await nobody(),
    OPS_PORT: String(server.port),
  });
  expect(code).toBe(1);
  expect(err).toBe(`sluice: http://127.0.0.1:${server.port}/health/ready answers 503: /health/ready\n`);
});

test("where nothing answers, nothing is well", async () => {
  const [http, ops] = [await nobody(), await nobody()];
  const { code, err } = await sluice(["health"], { HTTP_PORT: http, OPS_PORT: ops });
  expect({ code, err }).toEqual({ code: 1, err: `sluice: nothing answers on HTTP_PORT=${http} or OPS_PORT=${ops}.\n` });
});

test("a worker is well although something else answers on the API's port", async () => {
  using other = listening(404);
  using worker = listening(200);
  const ports = { HTTP_PORT: String(other.port), OPS_PORT: String(worker.port) };
  expect((await sluice(["health"], ports)).out).toBe(`http://127.0.0.1:${worker.port}/health/live answers 200\n`);
});
