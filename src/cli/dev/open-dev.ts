import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningApi } from "../../api/index.ts";
import type { Catalog, Lock } from "../../catalog/index.ts";
import type { Config } from "../../config.ts";
import { type Emit, silent } from "../../events.ts";
import { type Admin, type KafkaSettings, openAdmin } from "../../kafka/index.ts";
import { createRegistry } from "../../registry/index.ts";
import { openStore, type Store } from "../../store/index.ts";
import { readLock } from "../lock-file.ts";
import {
  type CatalogParts,
  deadLetterSpecs,
  emptyCatalog,
  followTypes,
  makeTopics,
  readCatalog,
  registerCatalog,
  topicSpecs,
  withTopics,
} from "./catalog-steps.ts";
import { createDrafts } from "./drafts.ts";
import { type Embedded, openEmbedded } from "./embedded.ts";
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
  /** What is in force now. */
  readonly catalog: Catalog;
  /** Whether something in the folder of schemas is not in force, since it cannot be used as it is. */
  readonly schemasBroken: boolean;
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
  const loading = import("../../api/index.ts");
  const emit = both(emitTo(tell), options.listen ?? silent);
  const store = await openTables(dataDir, opened);
  const lock = await lockIn(given.schemasDir, tell);
  const embedding = { kafkaPort: ports.kafka, registryPort: ports.registry, emit, ...(lock && { lock }) };
  const embedded = opened.use(await openEmbedded({ ...embedding, ...(dataDir !== undefined && { dataDir }) }));
  const config = configFor(given, ports.http, embedded);
  const kafka = (clientId: string): KafkaSettings => ({ bootstrapServers: [embedded.kafka], ssl: false, clientId });
  const registry = opened.adopt(createRegistry({ url: embedded.registry }), (one) => one.close());
  const drafts = createDrafts({ registry, written: embedded.written });
  let catalog = emptyCatalog(config.schemasDir);
  let broken = false;
  const tellOfSchemas: Tell = (news) => {
    broken ||= news.level === "error";
    tell(news);
  };
  const workers = createDevWorkers({
    dir: config.workersDir,
    kafka: (group) => kafka(`sluice-${group}`),
    admin: () => admin,
    registry,
    store,
    catalog: () => catalog,
    schemasBroken: () => broken,
    opsPort: options.opsPort ?? (() => 0),
    progressTimeoutMs: config.progressTimeoutMs,
    emit,
    tell,
  });
  const runs = options.workers !== false;
  const [admin, declared, registered] = await Promise.all([
    openAdmin(kafka("sluice-dev")).then((one) => opened.adopt(one, () => one.close())),
    runs ? workers.read() : [],
    firstCatalog({ registry, tell: tellOfSchemas, drafts }, catalog),
  ]);
  catalog = createTopics(embedded, { catalog: registered, workers: declared, tell: tellOfSchemas });
  const parts = { registry, admin, tell: tellOfSchemas, drafts };
  // What was kept may have been made from other files than there are now.
  if (dataDir !== undefined) await makeTopics(parts, topicSpecs(catalog));
  const { startApi } = await loading;
  const [api] = await Promise.all([
    startApi({ config, catalog, kafka: kafka("sluice-api"), admin, registry, emit }),
    runs ? workers.load() : undefined,
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
    get schemasBroken() {
      return broken;
    },
    get workers() {
      return workers.running;
    },
    async reloadSchemas() {
      const before = catalog;
      const wasBroken = broken;
      broken = false;
      catalog = await reload(parts, before, api);
      if (wasBroken && !broken) {
        tell({ event: "schemas.well", level: "info", about: catalog.dir, text: "all is well again, and in force" });
      }
      const changed = changedTopics(before, catalog);
      if (changed.size > 0 && !broken) await followTypes(catalog, tell);
      if (runs && changed.size > 0) await workers.refresh(changed);
    },
    async reloadWorkers(names) {
      if (runs) await workers.load(names);
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

/** Without the lock everything works as well, with ids of this machine's own. */
async function lockIn(dir: string, tell: Tell): Promise<Lock | undefined> {
  try {
    return await readLock(dir);
  } catch (error) {
    const text = "the lock cannot be used, and so ids are not production's:";
    tell({ event: "schemas.lock", level: "warn", about: dir, text, details: reasonsIn(error) });
    return undefined;
  }
}

function configFor(given: Config, httpPort: number, { kafka, registry }: Embedded): Config {
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
  else await mkdir(dataDir, { recursive: true });
  const store = await openStore(`sqlite://${join(dir, "workers.sqlite")}`, { durable: dataDir !== undefined });
  return opened.adopt(store, (one) => one.close());
}

/** At the start everything is new, so only what is wrong is news. */
async function firstCatalog(
  { registry, tell, drafts }: Parameters<typeof registerCatalog>[0],
  none: Catalog,
): Promise<Catalog> {
  const onlyTrouble = (news: News) => {
    if (news.level !== "info") tell(news);
  };
  const wanted = await readCatalog(none, tell);
  return registerCatalog({ registry, tell: onlyTrouble, drafts }, wanted ?? none, none);
}

interface Declared {
  readonly catalog: Catalog;
  readonly workers: Parameters<typeof deadLetterSpecs>[1];
  readonly tell: Tell;
}

/** Makes the topics of the catalog and those of dead letters. A topic that cannot be made is not served. */
function createTopics(embedded: Embedded, { catalog, workers, tell }: Declared): Catalog {
  const made = new Set<string>();
  for (const spec of [...topicSpecs(catalog), ...deadLetterSpecs(catalog, workers)]) {
    try {
      embedded.ensureTopic(spec);
      made.add(spec.topic);
    } catch (error) {
      const text = "the topic cannot be made:";
      tell({ event: "topic.refused", level: "error", about: spec.topic, text, details: reasonsIn(error) });
    }
  }
  return withTopics(catalog, ({ topic }) => made.has(topic));
}

async function reload(parts: CatalogParts, before: Catalog, api: RunningApi): Promise<Catalog> {
  const wanted = await readCatalog(before, parts.tell);
  if (wanted === undefined) return before;
  try {
    const next = await registerCatalog(parts, wanted, before);
    await makeTopics(parts, topicSpecs(next));
    await api.update(next);
    for (const { topic } of before.topics) {
      if (next.topic(topic) !== undefined) continue;
      const text = "not served any more; the topic and what is in it stay";
      parts.tell({ event: "topic.left", level: "info", about: topic, text });
    }
    return next;
  } catch (error) {
    const text = "the change is not in force:";
    parts.tell({ event: "schemas.failed", level: "error", about: before.dir, text, details: reasonsIn(error) });
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

async function close({ workers, api, rest, timeoutMs }: Closing): Promise<void> {
  await Promise.all([api.stop({ reason: "asked to" }), workers.stop({ timeoutMs })]);
  await rest.disposeAsync();
}
