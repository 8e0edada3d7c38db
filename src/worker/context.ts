import type { Emit } from "../events.ts";
import type { Sql, Store } from "../store/index.ts";
import type { Context } from "./define-worker.ts";
import type { ConsumedEvent } from "./event.ts";

/** What the contexts of a batch share. */
export interface Batch {
  readonly group: string;
  readonly store: Store | undefined;
  readonly emit: Emit;
  /** Aborted when no further event, attempt or wait may begin: the worker stops, or has lost the partition. */
  readonly closing: AbortSignal;
  /** The attempt that runs. */
  current: EventContext | undefined;
  /** When it began, or last said that it is alive, by the clock of the worker. */
  aliveAt: number;
  /** Tells consumer and liveness that waiting is meant. */
  progress(): void;
}

/** One attempt at one event. What handlers call works apart from the object too: `handle(event, { log })`. */
export class EventContext implements Context {
  /** 0 while no handler has seen the event. */
  attempt = 0;
  readonly batch: Batch;
  readonly #event: ConsumedEvent;
  #abort: AbortController | undefined;
  #abortedWith: Error | undefined;
  #transactions = 0;

  constructor(event: ConsumedEvent, batch: Batch) {
    this.#event = event;
    this.batch = batch;
  }

  /** Made when it is asked for: most handlers never do. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#abortedWith !== undefined) this.#abort.abort(this.#abortedWith);
    }
    return this.#abort.signal;
  }

  get sql(): Sql {
    return this.#store().sql;
  }

  readonly log = (text: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const { topic, partition, offset, id } = this.#event;
    this.batch.emit("worker.said", { ...fields, group: this.batch.group, text, topic, partition, offset, id });
  };

  readonly transaction = async <Result>(effect: (sql: Sql) => Promise<Result>): Promise<Result | undefined> => {
    // The second would find the first one's row in the inbox and do nothing, without a word.
    if (++this.#transactions > 1) throw new Error("context.transaction was called twice: put both effects into one");
    const { batch, signal } = this;
    const { eventType, id } = this.#event;
    const once = await this.#store().once({ group: batch.group, type: eventType, id }, effect, { signal });
    if (!once.applied) batch.emit("worker.event.repeated", { ...this.where, id });
    return once.result;
  };

  /** Ends this attempt for the handler; nothing can end the handler itself. */
  abort(reason: Error): void {
    this.#abortedWith = reason;
    this.#abort?.abort(reason);
  }

  /** The context of the attempt after this one, with a signal of its own. */
  next(): EventContext {
    const context = new EventContext(this.#event, this.batch);
    context.attempt = this.attempt + 1;
    this.batch.current = context;
    return context;
  }

  /** For events of the log. */
  get where(): { group: string; topic: string; partition: number; offset: bigint } {
    const { topic, partition, offset } = this.#event;
    return { group: this.batch.group, topic, partition, offset };
  }

  #store(): Store {
    if (this.batch.store === undefined) throw new Error("this worker was started without a store");
    return this.batch.store;
  }
}
