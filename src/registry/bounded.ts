/** As many requests as a registry on a small machine answers at once without a queue. */
export const REQUESTS_AT_ONCE = 8;

/** Runs work as it comes, at most `max` at a time. */
export function createBound(max: number = REQUESTS_AT_ONCE): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // Whoever waited takes this place, so that nobody comes between.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

/** What `work` makes of each item, in their order, some at a time. */
export function mapBounded<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
  max: number = REQUESTS_AT_ONCE,
): Promise<Value[]> {
  const bound = createBound(max);
  return Promise.all(items.map((item) => bound(() => work(item))));
}
