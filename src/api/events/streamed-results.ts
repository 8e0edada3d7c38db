import type { TopicTally } from "../metrics/tallies.ts";
import type { Problem } from "../problems.ts";
import { problemItem, type Results, resultOf } from "./results.ts";

/** Unread results that hold back the reading of more events. */
const UNREAD_BYTES_MAX = 256 * 1024;

/** Results that are answered line by line while events still arrive; the last line has the sums. Nothing is kept. */
export class StreamedResults implements Results {
  readonly body: ReadableStream<Uint8Array>;
  readonly #tally: TopicTally;
  readonly #waited: boolean;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wanted = Promise.withResolvers<void>();
  #good = 0;
  #failed = 0;
  #left: boolean = false;

  constructor(tally: TopicTally, { waited }: { waited: boolean }) {
    this.#tally = tally;
    this.#waited = waited;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#wanted.resolve(),
        cancel: () => {
          // The client went away: its events are still stored, its results go nowhere.
          this.#left = true;
          this.#wanted.resolve();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: UNREAD_BYTES_MAX }),
    );
  }

  get length(): number {
    return this.#good + this.#failed;
  }

  add(item: string): void {
    this.#good++;
    this.#write(item);
  }

  addProblem(problem: Problem): void {
    this.#tally[resultOf(problem)]++;
    this.#write(problemItem(problem, this.#good + this.#failed++));
  }

  async taken(): Promise<void> {
    if (this.#left || (this.#controller?.desiredSize ?? 1) > 0) return;
    this.#wanted = Promise.withResolvers();
    await this.#wanted.promise;
  }

  end(): void {
    this.#write(`{"${this.#waited ? "stored" : "accepted"}":${this.#good},"failed":${this.#failed}}`);
    if (!this.#left) this.#controller?.close();
  }

  #write(line: string): void {
    if (!this.#left) this.#controller?.enqueue(Buffer.from(`${line}\n`));
  }
}
