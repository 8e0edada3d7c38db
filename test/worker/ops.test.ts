import { expect, test } from "bun:test";
import { listen } from "../../src/worker/ops.ts";

const EXPOSED = { text: "sluice_worker_lag 3\n", contentType: "text/plain; version=0.0.4" };
const METRICS = { exposition: async () => EXPOSED };

async function ask(path: string, ok: boolean): Promise<Response> {
  const health = () => ({ ok, why: "because" });
  const ops = await listen({ live: health, ready: health, metrics: METRICS, port: 0, host: "127.0.0.1" });
  try {
    const response = await fetch(`${ops.url}${path}`);
    return new Response(await response.text(), response);
  } finally {
    await ops.stop();
  }
}

test.each([
  ["/health/live", true, 200, "up"],
  ["/health/live", false, 503, "down"],
  ["/health/ready", true, 200, "up"],
  ["/health/ready", false, 503, "down"],
] as const)("%s of a worker that is well (%p) is answered %d, with the reason", async (path, ok, code, status) => {
  const response = await ask(path, ok);
  expect(response.status).toBe(code);
  expect(await response.json()).toEqual({ status, why: "because" });
});

test("/metrics is Prometheus text", async () => {
  const response = await ask("/metrics", true);
  expect(response.headers.get("content-type")).toBe(EXPOSED.contentType);
  expect(await response.text()).toBe("sluice_worker_lag 3\n");
});

test("what is asked for elsewhere is not there", async () => {
  expect((await ask("/healthy", true)).status).toBe(404);
});
