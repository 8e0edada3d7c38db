import { plural } from "../../avro/index.ts";
import { Problem } from "../problems.ts";
import type { CheckedEvent } from "./event.ts";
import { LineSplitter } from "./lines.ts";
import type { Results } from "./results.ts";

export type Checked = CheckedEvent | Problem;

export interface LinesOptions {
  /** The body as it arrives. */
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly lineBytesMax: number;
  readonly eventsMax: number;
  /** Lines that may wait for Kafka at the same time, beyond those of one piece. */
  readonly inFlightMax: number;
  readonly check: (line: Uint8Array) => Checked;
  /** Sends at once; what it returns waits for the outcome and adds it to the results. */
  readonly send: (checked: readonly Checked[]) => () => Promise<void>;
  readonly results: Results;
}

/**
 * Reads newline-delimited JSON as it arrives and sends its events, piece by piece; resolves when all results are there,
 * in the lines' order. Reading stops while too many events wait for Kafka or for the client to take its results, which
 * holds the client back. What ends the reading early is the last result: what came before it was sent.
 */
export async function readLines({ send, results, inFlightMax, ...options }: LinesOptions): Promise<void> {
  const waiting: { readonly lines: number; readonly done: Promise<void> }[] = [];
  let inFlight = 0;
  let last = Promise.resolve();
  try {
    for await (const checked of checkedPieces(options)) {
      const finish = send(checked);
      last = last.then(finish);
      // Awaited below; without this the runtime takes a failure that comes earlier for one that nobody looks at.
      last.catch(() => {});
      waiting.push({ lines: checked.length, done: last });
      inFlight += checked.length;
      while (inFlight > inFlightMax) {
        const oldest = waiting.shift();
        await oldest?.done;
        inFlight -= oldest?.lines ?? inFlight;
      }
      await results.taken();
    }
    await last;
  } catch (error) {
    await last;
    if (!(error instanceof Problem)) throw error;
    results.addProblem(error);
  }
}

async function* checkedPieces({
  pieces,
  lineBytesMax,
  eventsMax,
  check,
}: Omit<LinesOptions, "send" | "results" | "inFlightMax">) {
  const splitter = new LineSplitter(lineBytesMax);
  let left = eventsMax;
  for await (const piece of pieces) {
    const { lines, problem } = splitter.push(piece);
    yield lines.slice(0, left).map(check);
    left -= lines.length;
    if (left < 0) throw tooMany(eventsMax);
    if (problem !== undefined) throw problem;
  }
  const lines = splitter.end();
  if (lines.length > left) throw tooMany(eventsMax);
  yield lines.map(check);
}

export function tooMany(eventsMax: number): Problem {
  return new Problem(
    "TOO_MANY_EVENTS",
    `a request has ${plural(eventsMax, "event")} at most; for more, send application/x-ndjson with accept: application/x-ndjson`,
    { members: { eventsMax }, headers: { connection: "close" } },
  );
}
