import { describe, expect, test } from "bun:test";
import { type Registry, RegistryError } from "../../src/registry/index.ts";
import { openStore } from "../../src/store/index.ts";
import { Unavailable } from "../../src/worker/index.ts";
import { cluster } from "../support/cluster.ts";
import { sqliteUrl } from "../support/database.ts";
import { until } from "../support/until.ts";
import { openPipeline } from "../support/worker-pipeline.ts";

/**
 * What goes wrong in production without this: the registry or the database is away for a minute, and every event of
 * that minute ends among the dead, although none of them has anything wrong with it.
 */
describe.skipIf(cluster === undefined)("an outage of what a worker needs", () => {
  const open = () => openPipeline(cluster ?? { kafka: "", registry: "", postgres: "" });

  test("events wait while the registry is away, and are handled when it is back", async () => {
    await using pipeline = await open();
    const back = new AbortController();
    let asked = 0;
    const registry: Registry = {
      ...pipeline.registry,
      versions: (subject) => pipeline.registry.versions(subject),
      version: (subject, version) => pipeline.registry.version(subject, version),
      schemaById: async (id) => {
        asked++;
        if (!back.signal.aborted) throw new RegistryError("UNREACHABLE", "connection refused");
        return await pipeline.registry.schemaById(id);
      },
    };
    const handled: unknown[] = [];
    await pipeline.sendNotes([{ id: "a", n: 1 }]);
    const worker = await pipeline.run({
      registry,
      handle({ value }) {
        handled.push(value);
      },
    });
    await until("the registry was asked several times", () => asked >= 3);
    expect(worker.names()).toContain("worker.registry.failed");
    back.abort();
    await until("the event is handled", () => handled.length === 1, { timeoutMs: 20_000 });
    expect(await pipeline.dead()).toEqual([]);
  });

  test("a handler that says so waits for as long as it takes", async () => {
    await using pipeline = await open();
    let runs = 0;
    await pipeline.sendNotes([{ id: "a", n: 1 }]);
    const worker = await pipeline.run({
      async handle() {
        if (++runs <= 25) throw new Unavailable("the mail server is away");
      },
    });
    await until("it is handled", () => runs === 26);
    await until("it is committed", async () => (await pipeline.behind()) === 0n);
    expect(worker.names().filter((name) => name === "worker.event.failed")).toHaveLength(25);
    expect(await pipeline.dead()).toEqual([]);
  });

  test("a database that is away costs no attempts either", async () => {
    await using pipeline = await open();
    const [missing, there] = [
      await openStore("postgres://nobody@127.0.0.1:1/none"),
      await openStore(await sqliteUrl()),
    ];
    let runs = 0;
    await pipeline.sendNotes([{ id: "a", n: 1 }]);
    await pipeline.run({
      store: { ...missing, once: (...given) => (++runs <= 10 ? missing : there).once(...given) },
      async handle(_event, context) {
        await context.transaction(async () => "stored");
      },
    });
    await until("it is handled", async () => (await pipeline.behind()) === 0n);
    expect(runs).toBe(11);
    expect(await pipeline.dead()).toEqual([]);
    await there.close();
    await missing.close();
  });
});
