import type { DemoEvent } from "./events.ts";

/** What the door said to the events, so far. */
export interface Tally {
  posted: number;
  stored: number;
  refused: number;
  readonly storedByTopic: Map<string, number>;
  /** By what was wrong and the status that it was refused with. */
  readonly refusals: Map<string, Refusal>;
}

export interface Refusal {
  readonly wrong: string;
  readonly status: number;
  /** What the door said to the first of them. */
  readonly reason: string;
  count: number;
}

export const emptyTally = (): Tally => ({
  posted: 0,
  stored: 0,
  refused: 0,
  storedByTopic: new Map(),
  refusals: new Map(),
});

interface PostOptions {
  readonly api: string;
  readonly connections: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  onAnswer(): void;
}

/** Posts the events one by one, over several connections at once, and counts the answers. */
export async function postAll(events: Iterable<DemoEvent>, options: PostOptions): Promise<void> {
  // Each connection takes the next event from the one iterator.
  const shared = events[Symbol.iterator]();
  const connection = async () => {
    for (let next = shared.next(); !next.done && !options.signal.aborted; next = shared.next()) {
      await post(next.value, options);
      options.onAnswer();
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
}

async function post({ topic, body, wrong }: DemoEvent, { api, tally, signal }: PostOptions): Promise<void> {
  const response = await fetch(`${api}/topics/${topic}/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal,
  });
  const answer: unknown = await response.json();
  tally.posted++;
  if (response.status === 200) {
    tally.stored++;
    tally.storedByTopic.set(topic, (tally.storedByTopic.get(topic) ?? 0) + 1);
    return;
  }
  tally.refused++;
  const what = wrong ?? "nothing that we know of";
  const key = `${response.status} ${what}`;
  const refusal = tally.refusals.get(key) ?? {
    wrong: what,
    status: response.status,
    reason: reasonOf(answer),
    count: 0,
  };
  refusal.count++;
  tally.refusals.set(key, refusal);
}

/** The first reason of a problem document (RFC 9457): that of its first error, else its own detail, else its title. */
export function reasonOf(problem: unknown): string {
  const { errors, detail, title } = fieldsOf(problem);
  const [first] = Array.isArray(errors) ? errors : [];
  return [fieldsOf(first).detail, detail, title].find((one) => typeof one === "string") ?? "no reason";
}

function fieldsOf(value: unknown): Partial<Record<"errors" | "detail" | "title", unknown>> {
  return typeof value === "object" && value !== null ? value : {};
}
