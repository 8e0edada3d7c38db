import type { JoinAnswer, ParkedAnswer, SyncAnswer } from "../group/index.ts";

/** Requests that wait for their answer. What comes after the client has gone is dropped. */
export class Parked {
  readonly #joins = new Map<number, (answer: JoinAnswer) => void>();
  readonly #syncs = new Map<number, (answer: SyncAnswer) => void>();
  #tickets = 0;

  join(signal: AbortSignal): { readonly ticket: number; readonly answer: Promise<JoinAnswer> } {
    return this.#park(this.#joins, signal);
  }

  sync(signal: AbortSignal): { readonly ticket: number; readonly answer: Promise<SyncAnswer> } {
    return this.#park(this.#syncs, signal);
  }

  settle(answers: readonly ParkedAnswer[]): void {
    for (const one of answers) {
      if (one.verb === "join") this.#joins.get(one.ticket)?.(one.answer);
      else this.#syncs.get(one.ticket)?.(one.answer);
    }
  }

  #park<A>(waiting: Map<number, (answer: A) => void>, signal: AbortSignal) {
    this.#tickets += 1;
    const ticket = this.#tickets;
    const { promise, resolve } = Promise.withResolvers<A>();
    const forget = () => {
      waiting.delete(ticket);
    };
    waiting.set(ticket, (answer) => {
      forget();
      signal.removeEventListener("abort", forget);
      resolve(answer);
    });
    signal.addEventListener("abort", forget, { once: true });
    return { ticket, answer: promise };
  }
}
