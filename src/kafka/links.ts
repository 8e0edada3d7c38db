import { Connection } from "./connection.ts";
import { KafkaError } from "./errors.ts";
import type { Address, KafkaSettings } from "./settings.ts";

/**
 * What a connection is for. A broker answers a connection's requests in turn, so a fetch that waits for data, a join
 * that waits for other members or a write that waits for replicas must not share one with anything else.
 */
export type Lane = "control" | "produce" | "fetch" | "group";

export interface LinkOptions {
  readonly connectTimeoutMs: number;
  /** Called when a connection has opened, broken or could not be opened. */
  readonly onChange?: (() => void) | undefined;
}

/** Pause after a failed attempt; doubles with each failure in a row. */
const RECONNECT_BACKOFF_MS = 100;
const RECONNECT_BACKOFF_MS_MAX = 1_000;

interface Link {
  readonly opening: Promise<Connection>;
  connection: Connection | undefined;
}

/** The connections to all brokers, by address and lane: opened when first needed, and again after they broke. */
export class Links {
  readonly #settings: KafkaSettings;
  readonly #options: LinkOptions;
  readonly #links = new Map<string, Link>();
  readonly #failures = new Map<string, { inRow: number; until: number; error: KafkaError }>();
  #closed: boolean = false;

  constructor(settings: KafkaSettings, options: LinkOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /**
   * The connection, opened where there is none. Callers at once share one attempt, and for a moment after a failed one
   * the next callers get its error, so that a broker that is away is not asked thousands of times a second.
   * @throws KafkaError UNAVAILABLE, CLOSED or a kind of SASL. Nothing was sent then.
   */
  open(address: Address, lane: Lane): Promise<Connection> {
    if (this.#closed) return Promise.reject(new KafkaError("CLOSED", "the client is closed"));
    const name = nameOf(address, lane);
    const link = this.#links.get(name);
    if (link !== undefined) return link.opening;
    const failure = this.#failures.get(name);
    if (failure !== undefined && performance.now() < failure.until) return Promise.reject(failure.error);
    return this.#open(address, name);
  }

  /** The open connection; undefined where there is none. */
  get(address: Address, lane: Lane): Connection | undefined {
    return this.#links.get(nameOf(address, lane))?.connection;
  }

  /** Whether any connection is open. */
  get connected(): boolean {
    return this.#links.values().some(({ connection }) => connection !== undefined);
  }

  /** Closes the connections of one address. */
  drop(address: Address): void {
    for (const [name, link] of this.#links) {
      if (name.startsWith(`${address.host}:${address.port}/`)) link.connection?.close();
    }
  }

  /** Closes all, also those that are opening. */
  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.connection?.close();
  }

  #open(address: Address, name: string): Promise<Connection> {
    const opening = Connection.open(address, this.#settings, this.#options.connectTimeoutMs);
    const link: Link = { opening, connection: undefined };
    this.#links.set(name, link);
    const forget = () => {
      this.#links.delete(name);
      this.#options.onChange?.();
    };
    return opening.then(
      (connection) => {
        this.#failures.delete(name);
        link.connection = connection;
        connection.onClosed = forget;
        if (this.#closed) connection.close();
        // It may have broken between its handshake and here, when nobody listened yet.
        else if (connection.closed) forget();
        else this.#options.onChange?.();
        return connection;
      },
      (error: KafkaError) => {
        const inRow = (this.#failures.get(name)?.inRow ?? 0) + 1;
        const pauseMs = Math.min(RECONNECT_BACKOFF_MS * 2 ** (inRow - 1), RECONNECT_BACKOFF_MS_MAX);
        this.#failures.set(name, { inRow, until: performance.now() + pauseMs, error });
        forget();
        throw error;
      },
    );
  }
}

function nameOf({ host, port }: Address, lane: Lane): string {
  return `${host}:${port}/${lane}`;
}
