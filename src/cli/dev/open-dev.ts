import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningApi, startApi } from "../../api/index.ts";
import { type Catalog, loadCatalog } from "../../catalog/index.ts";
import type { Config } from "../../config.ts";
import { type Emit, silent } from "../../events.ts";
import { type Admin, type KafkaSettings, openAdmin } from "../../kafka/index.ts";
import { createRegistry } from "../../registry/index.ts";
import { openStore, type Store } from "../../store/index.ts";
import { bringInto, type CatalogParts, emptyCatalog } from "./catalog-steps.ts";
import { openEmbedded } from "./embedded.ts";
import { emitTo } from "./lines.ts";
import { type News, reasonsIn, type Tell } from "./news.ts";
import { LOOPBACK } from "./ports.ts";
import { createDevWorkers, type DevWorker, type DevWorkers } from "./workers.ts";

export interface DevOptions {
  /** Folders and limits; where Kafka, the registry and the database are is decided here. */
  readonly config: Config;
  readonly ports: { readonly http: number; readonly kafka: number; readonly registry: number };
  /** Chooses a port for the health and metrics of one more worker. */
  readonly opsPort?: () => number;
  /** Where everything is kept; in memory where left out. */
  readonly dataDir?: string;
  /** Whether the workers of the folder run too. */
  readonly workers?: boolean;
  readonly tell: Tell;
  /** Hears every event, besides those that are told. */
  readonly listen?: Emit;
}

/** Broker, registry, API and workers in one process. They talk to one another as they do in production. */
export interface Dev extends AsyncDisposable {
  readonly api: string;
  /** `host:port`. */
  readonly kafka: string;
  readonly registry: string;
  readonly store: Store;
  readonly admin: Admin;
  readonly catalog: Catalog;
  readonly workers: readonly DevWorker[];
  /** Reads the folder of schemas again and brings into force what can be. Never rejects: what is wrong is told. */
  reloadSchemas(): Promise<void>;
  /** Loads worker files again, or all of them. Never rejects. */
  reloadWorkers(names?: readonly string[]): Promise<void>;
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** A stop that takes longer is no stop to somebody who has pressed Ctrl-C. */
const CLOSE_MS_MAX = 800;

/** Starts everything; resolves when a client of any part finds it ready. */
export async function openDev(options: DevOptions): Promise<Dev> {
  const { config: given, ports, dataDir, tell } = options;
  await using opened = new AsyncDisposableStack();
  const emit = both(emitTo(tell), options.listen ?? silent);
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const embedded = opened.use(
    await openEmbedded({
      kafkaPort: ports.kafka,
      registryPort: ports.registry,
      ...(dataDir !== undefined && { dataDir }),
      emit,
    }),
  );
  const config = configFor(given, ports.http, embedded);
  const kafka = (clientId: string): KafkaSettings => ({
    bootstrapServers: [embedded.kafka],
    ssl: false,
    clientId,
  });
  const store = await openTables(dataDir, opened);
  const registry = opened.adopt(createRegistry({ url: embedded.registry }), (one) => one.close());
  const [admin, wanted] = await Promise.all([
    openAdmin(kafka("sluice-dev")).then((one) => opened.adopt(one, () => one.close())),
    readCatalog(config.schemasDir, tell),
  ]);
  const parts = { registry, admin, tell };
  const none = emptyCatalog(config.schemasDir);
  let catalog = await bringInto({ ...parts, tell: onlyTrouble(tell) }, wanted ?? none, none);
  const workers = createDevWorkers({
    dir: config.workersDir,
    kafka: (group) => kafka(`sluice-${group}`),
    registry,
    store,
    catalog: () => catalog,
    opsPort: options.opsPort ?? (() => 0),
    progressTimeoutMs: config.progressTimeoutMs,
    emit,
    tell,
  });
  const [api] = await Promise.all([
    startApi({ config, catalog, kafka: kafka("sluice-api"), registry, emit }),
    options.workers === false ? undefined : workers.load(),
  ]);
  const rest = opened.move();
  let closed: Promise<void> | undefined;
  const dev: Dev = {
    api: api.url,
    kafka: embedded.kafka,
    registry: embedded.registry,
    store,
    admin,
    get catalog() {
      return catalog;
    },
    get workers() {
      return workers.running;
    },
    async reloadSchemas() {
      const next = await reload(parts, { before: catalog, api, dir: config.schemasDir });
      const changed = changedTopics(catalog, next);
      catalog = next;
      if (options.workers !== false && changed.size > 0) await workers.refresh(changed);
    },
    async reloadWorkers(names) {
      if (options.workers !== false) await workers.load(names);
    },
    close({ timeoutMs = CLOSE_MS_MAX } = {}) {
      closed ??= close({ workers, api, rest, timeoutMs });
      return closed;
    },
    [Symbol.asyncDispose]: () => dev.close(),
  };
  return dev;
}

const both =
  (one: Emit, other: Emit): Emit =>
  (name, detail) => {
    one(name, detail);
    other(name, detail);
  };

function configFor(given: Config, httpPort: number, { kafka, registry }: { kafka: string; registry: string }): Config {
  return {
    ...given,
    bootstrapServers: [kafka],
    registryUrl: registry,
    httpHost: LOOPBACK,
    httpPort,
    compression: "none",
    shutdownTimeoutMs: CLOSE_MS_MAX,
  };
}

/** The workers' tables: a file that is kept, or one that goes when everything goes. */
async function openTables(dataDir: string | undefined, opened: AsyncDisposableStack): Promise<Store> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), "sluice-dev-")));
  if (dataDir === undefined) opened.defer(() => rm(dir, { recursive: true, force: true }));
  const store = await openStore(`sqlite://${join(dir, "workers.sqlite")}`, { durable: dataDir !== undefined });
  return opened.adopt(store, (one) => one.close());
}

/** Undefined where the schemas cannot be used as they are, which is told. */
async function readCatalog(dir: string, tell: Tell): Promise<Catalog | undefined> {
  const folder = await stat(dir).catch(() => undefined); // Somebody may begin with nothing.
  if (folder === undefined) return emptyCatalog(dir);
  try {
    return await loadCatalog(dir);
  } catch (error) {
    const text = "the schemas cannot be used; what was in force stays in force:";
    tell({ event: "schemas.broken", level: "error", about: dir, text, details: reasonsIn(error) });
    return undefined;
  }
}

/** At the start everything is new, so only what is wrong is news. */
const onlyTrouble =
  (tell: Tell): Tell =>
  (news: News) => {
    if (news.level !== "info") tell(news);
  };

async function reload(
  parts: CatalogParts,
  { before, api, dir }: { before: Catalog; api: RunningApi; dir: string },
): Promise<Catalog> {
  const wanted = await readCatalog(dir, parts.tell);
  if (wanted === undefined) return before;
  try {
    const next = await bringInto(parts, wanted, before);
    await api.update(next);
    for (const { topic } of before.topics) {
      if (next.topic(topic) !== undefined) continue;
      const text = "not served any more; the topic and what is in it stay";
      parts.tell({ event: "topic.left", level: "info", about: topic, text });
    }
    return next;
  } catch (error) {
    const text = "the change is not in force:";
    parts.tell({ event: "schemas.failed", level: "error", about: dir, text, details: reasonsIn(error) });
    return before;
  }
}

/** Topics that readers have to look at anew. */
function changedTopics(before: Catalog, after: Catalog): ReadonlySet<string> {
  const names = new Set([...before.topics, ...after.topics].map(({ topic }) => topic));
  const written = (catalog: Catalog, name: string) => {
    const topic = catalog.topic(name);
    return JSON.stringify([topic?.schema.json, topic?.key, topic?.idPath, topic?.timePath]);
  };
  return new Set([...names].filter((name) => written(before, name) !== written(after, name)));
}

interface Closing {
  readonly workers: DevWorkers;
  readonly api: RunningApi;
  readonly rest: AsyncDisposableStack;
  readonly timeoutMs: number;
}

/** The door first: what it has taken in, the workers may still handle. */
async function close({ workers, api, rest, timeoutMs }: Closing): Promise<void> {
  await Promise.all([api.stop({ reason: "asked to" }), workers.stop({ timeoutMs })]);
  await rest.disposeAsync();
}
