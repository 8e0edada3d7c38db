/** Asks whether something is there; rejects where it is not. */
export type Ping = () => Promise<void>;

export interface CheckResult {
  readonly ok: boolean;
  readonly detail?: string;
}

interface ChecksOptions {
  readonly timeoutMs: number;
  /** How long an answer counts. Many may ask at once: probes, load balancers, people. */
  readonly ageMsMax: number;
  readonly now?: () => number;
}

/** Builds a function that asks all of them at once, within the time, and remembers the answer for a moment. */
export function createChecks<Name extends string>(
  pings: Readonly<Record<Name, Ping>>,
  { timeoutMs, ageMsMax, now = performance.now.bind(performance) }: ChecksOptions,
): () => Promise<Record<Name, CheckResult>> {
  let asked: { readonly at: number; readonly results: Promise<Record<Name, CheckResult>> } | undefined;
  return () => {
    if (asked === undefined || now() - asked.at >= ageMsMax) asked = { at: now(), results: askAll(pings, timeoutMs) };
    return asked.results;
  };
}

async function askAll<Name extends string>(
  pings: Readonly<Record<Name, Ping>>,
  timeoutMs: number,
): Promise<Record<Name, CheckResult>> {
  const results = await Promise.all(
    Object.entries<Ping>(pings).map(async ([name, ping]) => [name, await ask(ping, timeoutMs)] as const),
  );
  // One entry for each ping, by its name.
  return Object.fromEntries(results) as Record<Name, CheckResult>;
}

async function ask(ping: Ping, timeoutMs: number): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<CheckResult>();
  const timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${timeoutMs} ms` }), timeoutMs);
  try {
    return await Promise.race([late, ping().then(() => ({ ok: true }))]);
  } catch (error) {
    // What is wrong is the answer.
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
