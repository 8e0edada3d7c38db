import { stat } from "node:fs/promises";
import type { Catalog } from "../../catalog/index.ts";
import type { Emit } from "../../events.ts";
import type { Admin, KafkaSettings } from "../../kafka/index.ts";
import type { Registry } from "../../registry/index.ts";
import type { Store } from "../../store/index.ts";
import {
  checkWorker,
  type LoadedWorker,
  loadFresh,
  type RunningWorker,
  runWorker,
  type Worker,
  type WorkerParts,
  workerFiles,
} from "../../worker/index.ts";
import { reasonsIn, type Tell } from "./news.ts";
import { LOOPBACK } from "./ports.ts";

export interface DevWorkersOptions {
  readonly dir: string;
  readonly kafka: (group: string) => KafkaSettings;
  /** Not asked for before the first `load`. */
  readonly admin: () => Admin;
  readonly registry: Registry;
  readonly store: Store;
  /** What is in force now; it changes while the workers run. */
  readonly catalog: () => Catalog;
  /** Whether the catalog lacks what the folder of schemas holds, since that cannot be used as it is. */
  readonly schemasBroken: () => boolean;
  /** Chooses a port for the health and metrics of one more worker. */
  readonly opsPort: () => number;
  readonly progressTimeoutMs: number;
  readonly emit: Emit;
  readonly tell: Tell;
}

/** One worker that runs in this process. */
export interface DevWorker {
  readonly name: string;
  readonly group: string;
  readonly topics: readonly string[];
  readonly opsUrl: string;
}

/** The workers of a folder, all in this process, each of which can be replaced alone. */
export interface DevWorkers {
  readonly running: readonly DevWorker[];
  /** Reads all files ahead of the first `load`, and answers what they declare; what is wrong, `load` tells. */
  read(): Promise<readonly Worker[]>;
  /** Loads the files named again, or all, and starts, replaces or stops their workers; the others are not disturbed. */
  load(names?: readonly string[]): Promise<void>;
  /** Starts again, with the schemas in force now, what reads one of these topics. */
  refresh(topics: ReadonlySet<string>): Promise<void>;
  stop(options: { readonly timeoutMs: number }): Promise<void>;
}

interface Slot {
  readonly loaded: LoadedWorker;
  readonly running: RunningWorker;
}

/**
 * Apache Kafka's shortest. Where the process was killed and its records are kept, the group waits this long for members
 * that are no more.
 */
const SESSION_MS = 6_000;
/** How long events that are handled when their worker is replaced may take to end. */
const DRAIN_MS_MAX = 10_000;

export function createDevWorkers(options: DevWorkersOptions): DevWorkers {
  const { dir, tell } = options;
  const slots = new Map<string, Slot>();
  const ports = new Map<string, number>();
  /** What could not be started, to try again when schemas change. */
  const waiting = new Set<string>();
  const ahead = new Map<string, Promise<LoadedWorker>>();
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  return {
    get running() {
      return [...slots].map(([name, { loaded, running }]) => ({
        name,
        group: loaded.worker.group,
        topics: loaded.worker.topics,
        opsUrl: running.opsUrl,
      }));
    },
    async read() {
      for (const name of await filesIn(dir)) ahead.set(name, loadFresh(dir, name));
      const read = await Promise.allSettled(ahead.values());
      return read.flatMap((one) => (one.status === "fulfilled" ? one.value.worker : []));
    },
    load: (names) =>
      inTurn(async () => {
        const files = await filesIn(dir);
        const gone = [...slots.keys(), ...waiting].filter((name) => !files.includes(name));
        await Promise.all(gone.map(leave));
        const wanted = names?.filter((name) => files.includes(name)) ?? files;
        await Promise.all(wanted.map(loadOne));
      }),
    refresh: (topics) =>
      inTurn(async () => {
        const readers = [...slots].filter(([, { loaded }]) => loaded.worker.topics.some((topic) => topics.has(topic)));
        const again = [...waiting];
        await Promise.all(
          readers.map(([name, { loaded }]) =>
            replace(name, loaded, "restarted: its schemas changed").catch((error: unknown) => refuse(name, error)),
          ),
        );
        await Promise.all(again.map(loadOne));
      }),
    async stop({ timeoutMs }) {
      stopped = true;
      await Promise.all([...slots.values()].map(({ running }) => running.stop({ timeoutMs })));
      slots.clear();
    },
  };

  /** A save and a key may come together, and two replacements of one worker at once would be in each other's way. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = last.then(() => (stopped ? undefined : work()));
    last = turn.catch(() => undefined); // Whoever asked for it is told.
    return turn;
  }

  async function loadOne(name: string): Promise<void> {
    try {
      const reading = ahead.get(name) ?? loadFresh(dir, name);
      ahead.delete(name);
      const loaded = await reading;
      assertAlone(loaded);
      if (waitsForSchemas(loaded)) return;
      await replace(name, loaded, "restarted");
      waiting.delete(name);
    } catch (error) {
      refuse(name, error);
    }
  }

  /** What is wrong is the schemas, which has been told; the worker itself may be all right. */
  function waitsForSchemas({ name, worker: { group, topics } }: LoadedWorker): boolean {
    if (slots.has(name) || !options.schemasBroken()) return false;
    const catalog = options.catalog();
    const missing = topics.filter((topic) => catalog.topic(topic) === undefined);
    if (missing.length === 0) return false;
    waiting.add(name);
    const text = `waits until the schemas can be used: it reads ${missing.join(", ")}`;
    tell({ event: "worker.waiting", level: "warn", about: group, text });
    return true;
  }

  /**
   * Checks the new one first: whatever is wrong with it, the old one goes on.
   * @throws whatever keeps the new one from running.
   */
  async function replace(name: string, loaded: LoadedWorker, why: string): Promise<void> {
    const before = slots.get(name);
    if (before === undefined) {
      await start(name, loaded);
      const text = `runs, and reads ${loaded.worker.topics.join(", ")}`;
      tell({ event: "worker.started", level: "info", about: loaded.worker.group, text });
      return;
    }
    await checkWorker(loaded.worker, partsOf(loaded));
    await before.running.stop({ timeoutMs: DRAIN_MS_MAX });
    slots.delete(name);
    await start(name, loaded).catch(async (error: unknown) => {
      await start(name, before.loaded);
      throw error;
    });
    tell({ event: "worker.restarted", level: "info", about: loaded.worker.group, text: why });
  }

  async function start(name: string, loaded: LoadedWorker): Promise<void> {
    const running = await runWorker(loaded.worker, partsOf(loaded));
    slots.set(name, { loaded, running });
    running.closed.catch(() => {
      // The consumer has said why it gave up.
      if (slots.get(name)?.running === running) slots.delete(name);
      waiting.add(name);
    });
  }

  function partsOf({ name, worker }: LoadedWorker): WorkerParts {
    const { registry, store, progressTimeoutMs, emit } = options;
    const opsPort = ports.get(name) ?? options.opsPort();
    ports.set(name, opsPort);
    const kafka = options.kafka(worker.group);
    return {
      kafka,
      admin: options.admin(),
      registry,
      store,
      catalog: options.catalog(),
      opsPort,
      opsHost: LOOPBACK,
      progressTimeoutMs,
      emit,
      sessionTimeoutMs: SESSION_MS,
    };
  }

  function refuse(name: string, error: unknown): void {
    const before = slots.get(name);
    waiting.add(name);
    const rest = before === undefined ? "does not run" : "is not used; the one before goes on";
    tell({
      event: "worker.broken",
      level: "error",
      about: before?.loaded.worker.group ?? name,
      text: `${name}.ts ${rest}:`,
      details: reasonsIn(error),
    });
  }

  function assertAlone({ name, worker: { group } }: LoadedWorker): void {
    const other = [...slots].find(([one, { loaded }]) => one !== name && loaded.worker.group === group);
    if (other !== undefined) throw new Error(`${other[0]}.ts has the group ${group} already`);
  }

  async function leave(name: string): Promise<void> {
    waiting.delete(name);
    const slot = slots.get(name);
    if (slot === undefined) return;
    slots.delete(name);
    await slot.running.stop({ timeoutMs: DRAIN_MS_MAX });
    const { group } = slot.loaded.worker;
    tell({ event: "worker.left", level: "info", about: group, text: `stopped: ${name}.ts is gone` });
  }
}

async function filesIn(dir: string): Promise<readonly string[]> {
  const folder = await stat(dir).catch(() => undefined); // Schemas may live without workers.
  return folder?.isDirectory() ? workerFiles(dir) : [];
}
