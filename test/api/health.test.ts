import { describe, expect, test } from "bun:test";
import { bodyOf, openApi } from "./open-api.ts";

describe("readiness", () => {
  test("asks Kafka and the registry", async () => {
    const api = await openApi();
    const response = await api.ask("/health/ready");
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toEqual({ status: "up", checks: { kafka: { ok: true }, registry: { ok: true } } });
  });

  test("says which of them is missing, and why", async () => {
    const registry = async () => {
      throw new Error("connection refused");
    };
    const api = await openApi({ pings: { registry } });
    const response = await api.ask("/health/ready");
    expect(response.status).toBe(503);
    expect(await bodyOf(response)).toMatchObject({
      type: "urn:sluice:problem:not-ready",
      detail: "registry: connection refused",
      missing: ["registry"],
      checks: { kafka: { ok: true }, registry: { ok: false } },
    });
  });

  test("does not wait long for an answer", async () => {
    const api = await openApi({ pings: { kafka: () => new Promise(() => {}) }, limits: { readyTimeoutMs: 10 } });
    const response = await api.ask("/health/ready");
    expect(response.status).toBe(503);
    expect(await bodyOf(response)).toMatchObject({ missing: ["kafka"], detail: "kafka: no answer within 10 ms" });
  });

  test("asks once for all who ask within a second", async () => {
    let asked = 0;
    const kafka = async () => {
      asked++;
    };
    const api = await openApi({ pings: { kafka } });
    await Promise.all(Array.from({ length: 20 }, () => api.ask("/health/ready")));
    expect(asked).toBe(1);
  });

  test("ends when the door closes, and liveness does not", async () => {
    const api = await openApi();
    await api.door.close({ timeoutMs: 0 });
    expect((await api.ask("/health/ready")).status).toBe(503);
    expect((await api.ask("/health/live")).status).toBe(200);
  });
});
