import type { Io } from "../io.ts";

/** A line that says how far something is. */
export interface Progress {
  /** `done` of the total, and what else is to be seen now. */
  show(done: number, text: string): void;
  /** Leaves the last state standing and begins a new line. */
  end(): void;
}

const EVERY_MS = { terminal: 80, plain: 2_000 };
const BAR_CELLS = 30;

/** In a terminal a bar that is drawn over and over; elsewhere a plain line every other second. */
export function createProgress(
  { err, env, terminal }: Pick<Io, "err" | "env" | "terminal">,
  total: number,
  now = performance.now.bind(performance),
): Progress {
  const width = total.toLocaleString("en-US").length;
  let shownAt = Number.NEGATIVE_INFINITY;
  let last = "";

  const lineOf = (done: number, text: string) => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const counts = `${done.toLocaleString("en-US").padStart(width)}/${total.toLocaleString("en-US")}`;
    if (!terminal) return `${counts}  ${text}`;
    const cells = Math.round(share * BAR_CELLS);
    const bar = `${"█".repeat(cells)}${"░".repeat(BAR_CELLS - cells)}`;
    const coloured = env.NO_COLOR ? bar : `\u001b[36m${bar}\u001b[0m`;
    return `${coloured} ${counts}  ${text}`;
  };
  const write = (line: string) => err(terminal ? `\r\u001b[2K${line}` : `${line}\n`);

  return {
    show: (done, text) => {
      last = lineOf(done, text);
      if (now() - shownAt < (terminal ? EVERY_MS.terminal : EVERY_MS.plain)) return;
      shownAt = now();
      write(last);
      if (!terminal) last = "";
    },
    end: () => {
      if (last !== "") write(last);
      if (terminal) err("\n");
      last = "";
    },
  };
}
