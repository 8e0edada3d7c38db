import { plural, type Schema } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import { beginningOf, type Draft, plainDraft } from "../check/draft.ts";
import { namePath, pointerOf } from "../check/path.ts";
import { placesOf } from "../check/places.ts";
import type { DataBreak, ReadBack } from "./read-back.ts";

/** A topic's schema, and what reading its stored events with it came to. */
export interface TopicData extends ReadBack {
  readonly topic: string;
  readonly subject: string;
  readonly file: string;
  readonly schema: Schema;
}

/** What stored events say of a schema: an error where there are some that it cannot read, else information. */
export function dataDrafts(data: TopicData, places: Places): readonly Draft[] {
  return merged(data.breaks).map((one) => draftOf(data, one, places));
}

function draftOf(data: TopicData, found: DataBreak, places: Places): Draft {
  const { topic, subject, file, schema } = data;
  const { incompatibility, events } = found;
  const severity = events > 0 ? "error" : "info";
  const help =
    data.failed === 0
      ? ""
      : `A worker with this schema would send ${data.failed === data.events ? "all of them" : `${data.failed} events`} to its dead-letter topic: each that was written with a schema that may hold this, not only those that do. Mend the break that the check shows here, or wait until the topic's retention has deleted them.`;
  if (incompatibility === undefined) {
    const message = `${topic}: ${countOf(data, events)} cannot be read with this schema${firstOf(found)}: ${found.reason}`;
    return {
      ...plainDraft({ ...RULE, severity, subject, message, help, place: beginningOf(file), meaning: found.reason }),
    };
  }
  const { field, named } = namePath(schema, incompatibility.readerPath);
  const what = field === "" ? topic : `\`${field}\` of ${topic}`;
  return {
    ...RULE,
    severity,
    subject,
    path: pointerOf(incompatibility.readerPath),
    field,
    named,
    message: `${what}: ${countOf(data, events)} ${events < 2 ? "has" : "have"} what this schema cannot read${symbolsOf(found)}${firstOf(found)}`,
    help: events === 0 ? "What is older, or not written yet, may have it." : help,
    meaning: incompatibility.message,
    against: [],
    groups: [],
    ...placesOf(incompatibility, "BACKWARD", { newer: { file, places }, older: undefined }),
  };
}

const RULE = { rule: "DATA_UNREADABLE" } as const;

/** Several writers may have written the same that cannot be read. */
function merged(breaks: readonly DataBreak[]): readonly DataBreak[] {
  const groups = Map.groupBy(breaks, ({ incompatibility, reason }) =>
    incompatibility === undefined
      ? reason
      : [incompatibility.type, pointerOf(incompatibility.readerPath), incompatibility.message].join("\n"),
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const symbols = new Map<string, number>();
    for (const [symbol, count] of same.flatMap((one) => [...one.symbols])) {
      symbols.set(symbol, (symbols.get(symbol) ?? 0) + count);
    }
    const events = same.reduce((sum, one) => sum + one.events, 0);
    return { ...first, events, symbols, first: same.find((one) => one.first !== undefined)?.first };
  });
}

const countOf = ({ events: all }: ReadBack, events: number): string =>
  events === 0 ? `none of the last ${plural(all, "event")}` : `${events} of the last ${plural(all, "event")}`;

const symbolsOf = ({ symbols }: DataBreak): string =>
  symbols.size === 0 ? "" : ` (${[...symbols].map(([symbol, count]) => `\`${symbol}\` ${count} times`).join(", ")})`;

/** `partition/offset`, as the first of them is found in the topic. */
const firstOf = ({ first }: DataBreak): string => (first === undefined ? "" : `, the first at ${first}`);
