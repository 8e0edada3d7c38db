import { loadCatalog } from "../../catalog/index.ts";
import type { Config } from "../../config.ts";
import { type Admin, kafkaSettings, openAdmin } from "../../kafka/index.ts";
import { applySchemas, createRegistry, type Registry } from "../../registry/index.ts";
import { openStore, type Store } from "../../store/index.ts";
import { registrySettings } from "../connections.ts";
import { CommandFailed } from "../exit.ts";
import { topicSpecs } from "../topics.ts";
import type { Compose } from "./compose.ts";

/** What the demo itself talks to. */
export interface Parts extends AsyncDisposable {
  readonly admin: Admin;
  readonly registry: Registry;
  readonly store: Store;
}

/** The services of compose.yaml that Sluice stands on. */
export const FOUNDATION = ["kafka", "registry", "postgres"] as const;

const ANSWER_MS_MAX = 120_000;
const AGAIN_MS = 250;

/** Starts the containers and connects to each as soon as it answers. */
export async function openParts(compose: Compose, config: Config, signal: AbortSignal): Promise<Parts> {
  await compose.up(FOUNDATION);
  await using opened = new AsyncDisposableStack();
  const registry = opened.adopt(createRegistry({ ...registrySettings(config), attempts: 1 }), (one) => one.close());
  const store = opened.adopt(await openStore(config.databaseUrl), (one) => one.close());
  const admin = opened.adopt(
    await answer("Kafka", signal, () => openAdmin(kafkaSettings(config, "sluice-demo"))),
    (one) => one.close(),
  );
  await answer("the registry", signal, () => registry.ping());
  await answer("PostgreSQL", signal, () => store.ready());
  const parts = opened.move();
  return { admin, registry, store, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** Registers the schemas and creates the topics. */
export async function prepare(config: Config, { admin, registry }: Parts): Promise<void> {
  const catalog = await loadCatalog(config.schemasDir);
  const { stopped } = await applySchemas(registry, catalog);
  if (stopped) throw new CommandFailed(`the registry refuses ${stopped.step.subject}: ${stopped.messages.join("; ")}`);
  const plan = await admin.planTopics(await topicSpecs(config, catalog));
  const failed = (await admin.applyTopics(plan)).find(({ error }) => error !== undefined);
  if (failed) throw new CommandFailed(`topic ${failed.step.topic}: ${failed.error?.message}`);
}

/** Tries until it succeeds. A container that has just started refuses connections for a while. */
async function answer<T>(what: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + ANSWER_MS_MAX;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) {
        throw new CommandFailed(`${what} was started and does not answer within ${ANSWER_MS_MAX / 1000} s.`, {
          cause: error,
        });
      }
      await Bun.sleep(AGAIN_MS);
    }
  }
}
