import type { Cluster } from "../cluster.ts";
import { KafkaError } from "../errors.ts";

const RETRY_MS = 100;
/** Unused without a transactional id, but the field must be positive. */
const TRANSACTION_TIMEOUT_MS = 60_000;

/** The producer id that the cluster has given us, for all partitions. */
export class ProducerIds {
  readonly #cluster: Cluster;
  readonly #onObtained: () => void;
  #current: bigint | undefined;
  #obtaining = false;
  #notBefore = 0;

  constructor(cluster: Cluster, onObtained: () => void) {
    this.#cluster = cluster;
    this.#onObtained = onObtained;
  }

  /** The current id; undefined while there is none, and then it is asked for. */
  get current(): bigint | undefined {
    if (this.#current === undefined && !this.#obtaining && performance.now() >= this.#notBefore) {
      this.#obtaining = true;
      this.#ask()
        .then(this.#onObtained)
        // Whoever needs the id asks again after a pause, until the deadlines of its records.
        .catch(() => {
          this.#notBefore = performance.now() + RETRY_MS;
        })
        .finally(() => {
          this.#obtaining = false;
        });
    }
    return this.#current;
  }

  /** No longer gives out this id; the next time another is asked for. */
  discard(producerId: bigint): void {
    if (this.#current === producerId) this.#current = undefined;
  }

  /** @throws KafkaError where there is no id within the time, or the cluster refuses to give one. */
  async obtain(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await this.#ask();
      } catch (error) {
        // A cluster that has just started cannot give ids yet.
        if (!(error instanceof KafkaError) || !error.retriable || performance.now() > deadline) throw error;
        await Bun.sleep(RETRY_MS);
      }
    }
  }

  async #ask(): Promise<void> {
    const fields = { transactionalId: null, transactionTimeout: TRANSACTION_TIMEOUT_MS };
    // Asking twice costs nothing but a number, so any broker that answers will do.
    const { producerId } = await this.#cluster.call("any", "InitProducerId", fields);
    this.#current = BigInt(producerId);
  }
}
