import pino from "pino";
import type { Emit, Events } from "./events.ts";

type Level = "debug" | "info" | "warn" | "error";

/** How each event reads: its level, and its sentence. The detail goes along as fields. */
const LINES: { readonly [Name in keyof Events]: readonly [Level, (detail: Events[Name]) => string] } = {
  "api.listening": ["info", ({ url, topics }) => `the API listens on ${url} with ${topics} topics`],
  "api.stopping": ["info", ({ reason }) => `stopping: ${reason}`],
  "api.stopped": [
    "info",
    ({ undelivered }) =>
      undelivered === 0 ? "stopped; everything was delivered" : `stopped; ${undelivered} events were not delivered`,
  ],
};

/** Builds the one place where events become lines: JSON, one object per line, on standard output. */
export function createLog(level: string): Emit {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 1, sync: true }),
  );
  return (name, detail) => {
    const [severity, sentence] = LINES[name];
    const fields: object = { event: name, ...detail };
    logger[severity](fields, sentence(detail));
  };
}
