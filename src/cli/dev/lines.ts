import type { Emit, Events } from "../../events.ts";
import { placeOf } from "../../thrown.ts";
import type { Io } from "../io.ts";
import type { News, Tell } from "./news.ts";

/** Writes news as lines: one for each, readable by people, or JSON for programs. `names` is who is likely to be told of. */
export function createLines(
  { out, env, terminal }: Pick<Io, "out" | "env" | "terminal">,
  json: boolean,
  names: readonly string[] = [],
): Tell {
  if (json) return (news) => void out(`${JSON.stringify(news)}\n`);
  const coloured = terminal !== undefined && !env.NO_COLOR;
  const paint = (code: number, text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  const widest = (least: number, name: string) => Math.min(ABOUT_CELLS_MAX, Math.max(least, name.length));
  let width = names.reduce(widest, 0);
  return ({ level, about, text, details = [] }) => {
    // As wide as the widest so far, so that the sentences stand below one another.
    width = widest(width, about);
    const sentence = COLOURS[level] === undefined ? text : paint(COLOURS[level], text);
    const lines = [
      `${paint(DIM, clock(new Date()))}  ${about.padEnd(width)}  ${sentence}`,
      ...details.flatMap((detail) => detail.split("\n")).map((detail) => `          ${detail}`),
    ];
    out(`${lines.join("\n")}\n`);
  };
}

/** Longer names push their own line to the right, and no other. */
const ABOUT_CELLS_MAX = 28;
const DIM = 2;
const COLOURS: Readonly<Record<News["level"], number | undefined>> = { info: undefined, warn: 33, error: 31 };

const clock = (now: Date): string => now.toTimeString().slice(0, 8);

/** Makes news of those events of the API and the workers that a developer wants to hear of. */
export function emitTo(tell: Tell): Emit {
  return (name, detail) => {
    const told = SENTENCES[name]?.(detail);
    if (told !== undefined) tell({ event: name, ...told });
  };
}

type Sentence = Omit<News, "event">;

/** What is left out here is how things go when nothing is wrong. */
const SENTENCES: { readonly [Name in keyof Events]?: (detail: Events[Name]) => Sentence | undefined } = {
  "api.refused": ({ method, path, status, detail }) => ({
    level: "warn",
    about: "api",
    text: `${method} ${path} ${status}: ${detail}`,
  }),
  "api.failed": ({ error }) => ({ level: "error", about: "api", text: `answered 500: ${reason(error)}` }),
  "api.event.lost": ({ topic, id, error }) => ({
    level: "error",
    about: "api",
    text: `${topic}: event ${id}, answered with 202, is not known to be stored: ${reason(error)}`,
  }),
  "registry.lock_ignored": ({ conflict }) => ({
    level: "warn",
    about: "registry",
    text: `ids are not those of schemas.lock.json: ${conflict}; what is kept wins`,
  }),
  "registry.failed": ({ error }) => ({
    level: "error",
    about: "registry",
    text: `answered 500: ${reason(error)}`,
  }),
  "broker.records.dropped": ({ topic, partition, records }) => ({
    level: "warn",
    about: topic,
    text: `${records} ${records === 1n ? "record" : "records"} of partition ${partition} dropped: past retention.ms, which counts from the event's own time, or retention.bytes`,
  }),
  "broker.group.unstored": ({ group, error }) => ({
    level: "error",
    about: group,
    text: `the group's state could not be written: ${reason(error)}`,
  }),
  "worker.said": ({ group, text }) => ({ level: "info", about: group, text }),
  "worker.event.failed": ({ group, topic, partition, offset, attempt, delayMs, error }) => ({
    level: "warn",
    about: group,
    text: `${topic}/${partition}/${offset}: attempt ${attempt} failed, again in ${Math.round(delayMs)} ms: ${reason(error)}${placeOf(error)}`,
  }),
  "worker.event.dead": ({ group, topic, partition, offset, to, attempts, error }) => ({
    level: "error",
    about: group,
    text: `${topic}/${partition}/${offset}: given up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}, now in ${to}: ${reason(error)}${placeOf(error)}`,
  }),
  "worker.deadLetter.failed": ({ group, to, error }) => ({
    level: "error",
    about: group,
    text: `cannot store in ${to}: ${reason(error)}`,
  }),
  "worker.registry.failed": ({ group, schemaId, error }) => ({
    level: "warn",
    about: group,
    text: `waits for schema ${schemaId}: ${reason(error)}`,
  }),
  "worker.stopped": ({ group, forced, running }) =>
    forced
      ? { level: "warn", about: group, text: `stopped in the middle of ${running.join(", ")}; it is read again` }
      : undefined,
  "consumer.join_failed": ({ group, error }) => ({
    level: "warn",
    about: group,
    text: `cannot join, and tries again: ${reason(error)}`,
  }),
  "consumer.commit_failed": ({ group, error }) => ({
    level: "warn",
    about: group,
    text: `could not commit: ${reason(error)}`,
  }),
  "consumer.data_gap": ({ group, topic, partition, expected, missing }) => ({
    level: "error",
    about: group,
    text: `${topic}-${partition}: ${missing} records from offset ${expected} on are gone`,
  }),
  "consumer.blocked": ({ group, topic, partition, offset, error }) => ({
    level: "error",
    about: group,
    text: `${topic}-${partition} cannot be read at offset ${offset}: ${reason(error)}`,
  }),
  "consumer.failed": ({ group, error }) => ({ level: "error", about: group, text: `gave up: ${reason(error)}` }),
};

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
