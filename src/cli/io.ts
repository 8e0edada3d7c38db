/** What a command sees of the process it runs in. `main.ts` builds the real one; tests build their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Writes to standard output, where results go. The text brings its own line ends. Whoever has more than fits into
   * memory awaits what it returns, until whoever reads it has taken it.
   */
  readonly out: (text: string) => unknown;
  /** Writes to standard error, where progress and errors go. */
  readonly err: (text: string) => unknown;
  /** What comes in on standard input, until it ends. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** The terminal that standard output is; undefined for a pipe or a file. */
  readonly terminal: { readonly columns: number } | undefined;
  /**
   * Calls the listener with each key that is pressed; what it returns stops that. Undefined where nobody sits at a
   * terminal. Keys are only taken from the terminal while somebody listens.
   */
  readonly keys: ((listener: (key: string) => void) => () => void) | undefined;
  /** Aborts when the process is asked to stop, with the signal's name as the reason. */
  readonly stop: AbortSignal;
  /** Aborts when the process is asked once more, and ends at once: processes that it started end with it. */
  readonly force: AbortSignal;
  /** The command line that starts this program, for commands that start more of it. */
  readonly self: readonly string[];
}

/** Resolves with the signal's name once the process is asked to stop. */
export function stopped({ stop }: Pick<Io, "stop">): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  if (stop.aborted) resolve(String(stop.reason));
  else stop.addEventListener("abort", () => resolve(String(stop.reason)), { once: true });
  return promise;
}
