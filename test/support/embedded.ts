import { memoryFiles, openBroker } from "../../src/broker/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import type { Cluster } from "./cluster.ts";
import { freePort } from "./free-port.ts";

/** A broker and a registry in this process. */
export interface EmbeddedCluster extends Cluster, AsyncDisposable {
  stop(): Promise<void>;
}

export async function startEmbedded(): Promise<EmbeddedCluster> {
  const [broker, registry] = await Promise.all([openBroker(), openRegistry()]);
  const stop = async () => {
    await Promise.all([broker.close(), registry.close()]);
  };
  return { kafka: broker.address, registry: registry.url, postgres: undefined, stop, [Symbol.asyncDispose]: stop };
}

/** One broker that can go away and come back, with everything that it had stored. */
export interface MortalKafka extends AsyncDisposable {
  readonly address: string;
  /** Ends it without a goodbye to anybody. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Asks it to stop, and starts it again; `graceSeconds` after it was asked it is killed. */
  restart(options?: { readonly graceSeconds?: number }): Promise<void>;
}

/** An embedded broker whose records outlive it, as they outlive the process of a real one. */
export async function startMortalBroker(): Promise<MortalKafka> {
  let files = memoryFiles();
  const port = await freePort();
  let broker = await openBroker({ port, files });
  const kill = async () => {
    // What a disk would hold at this moment, before anything is closed properly.
    files = files.copy();
    await broker.close();
  };
  const start = async () => {
    broker = await openBroker({ port, files });
  };
  return {
    address: broker.address,
    kill,
    start,
    restart: async () => {
      await kill();
      await start();
    },
    [Symbol.asyncDispose]: () => broker.close(),
  };
}
