import {
  checkCompatibility,
  createDecoder,
  createProbe,
  DecodeError,
  type Decoder,
  type Incompatibility,
  type Met,
  type Schema,
  Unreadable,
} from "../../avro/index.ts";

/** A stored event: its bytes behind the frame, and what they were written with. */
export interface StoredEvent {
  readonly schemaId: number;
  readonly payload: Uint8Array;
  /** `partition/offset`. */
  readonly at: string;
}

/** Why stored events cannot be read with a schema. */
export interface DataBreak {
  /** What the writer's schema and the new one differ in; undefined where the bytes are at fault, or a logical type. */
  readonly incompatibility: Incompatibility | undefined;
  readonly schemaId: number;
  readonly reason: string;
  /** Events that really have what cannot be read. */
  readonly events: number;
  /** Symbols that cannot be read, each with how often they are there. */
  readonly symbols: ReadonlyMap<string, number>;
  /** The first of the events. */
  readonly first: string | undefined;
}

/** What reading stored events with a schema came to. */
export interface ReadBack {
  readonly events: number;
  /** Events that a worker with this schema would dead-letter: all of a writer that it cannot read. */
  readonly failed: number;
  readonly breaks: readonly DataBreak[];
}

/** Reads stored events with a schema. Throws for nothing that is in them; every id among them is in `writers`. */
export function readBack(
  events: readonly StoredEvent[],
  { reader, writers }: { readonly reader: Schema; readonly writers: ReadonlyMap<number, Schema> },
): ReadBack {
  const parts = [...Map.groupBy(events, ({ schemaId }) => schemaId)].map(([schemaId, written]) => {
    const writer = writers.get(schemaId);
    if (writer === undefined) throw new TypeError(`no schema was given for id ${schemaId}`);
    return ofOneWriter(written, { schemaId, writer, reader });
  });
  return {
    events: events.length,
    failed: parts.reduce((sum, { failed }) => sum + failed, 0),
    breaks: parts.flatMap(({ breaks }) => breaks),
  };
}

interface Pair {
  readonly schemaId: number;
  readonly writer: Schema;
  readonly reader: Schema;
}

function ofOneWriter(events: readonly StoredEvent[], pair: Pair): { failed: number; breaks: DataBreak[] } {
  const { schemaId, writer, reader } = pair;
  let decode: Decoder;
  try {
    decode = createDecoder(writer, reader);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const found = checkCompatibility(reader, writer);
    const breaks = found.length > 0 ? probed(events, pair, found) : [];
    // What Avro lets through is a change of a logical type, which every event of the writer's has or may have.
    const rest = found.length > 0 ? [] : error.reasons.map((reason) => broken(schemaId, reason, events));
    return { failed: events.length, breaks: [...breaks, ...rest] };
  }
  const corrupt = events.flatMap((event) => {
    const reason = reasonOf(() => decode(event.payload));
    return reason === undefined ? [] : [{ event, reason }];
  });
  const byReason = Map.groupBy(corrupt, ({ reason }) => reason);
  const breaks = [...byReason].map(([reason, all]) =>
    broken(
      schemaId,
      reason,
      all.map(({ event }) => event),
    ),
  );
  return { failed: corrupt.length, breaks };
}

/** Which of the events really have what the reader lacks. */
function probed(
  events: readonly StoredEvent[],
  { schemaId, writer }: Pair,
  found: readonly Incompatibility[],
): DataBreak[] {
  const probe = createProbe(
    writer,
    found.map(({ writerPath }) => writerPath),
  );
  const tallies = found.map(() => ({ events: 0, symbols: new Map<string, number>(), first: "" }));
  for (const { payload, at } of events) {
    const met = metIn(() => probe(payload));
    for (const [index, incompatibility] of found.entries()) {
      const tally = tallies[index];
      const counts = unreadable(incompatibility, met?.[index]);
      if (tally === undefined || counts.size === 0) continue;
      tally.events++;
      tally.first ||= at;
      for (const [symbol, count] of counts) tally.symbols.set(symbol, (tally.symbols.get(symbol) ?? 0) + count);
    }
  }
  return found.map((incompatibility, index) => {
    const { events: count = 0, symbols = new Map<string, number>(), first = "" } = tallies[index] ?? {};
    symbols.delete("");
    const { explanation } = incompatibility;
    return { incompatibility, schemaId, reason: explanation, events: count, symbols, first: first || undefined };
  });
}

/** Of an enum, the symbols that the reader has are no trouble. */
function unreadable({ type, readerNode }: Incompatibility, met: Met | undefined): Met {
  if (met === undefined || type !== "MISSING_ENUM_SYMBOLS" || readerNode.type !== "enum") return met ?? new Map();
  return new Map([...met].filter(([symbol]) => !readerNode.symbols.includes(symbol)));
}

const broken = (schemaId: number, reason: string, events: readonly StoredEvent[]): DataBreak => ({
  incompatibility: undefined,
  schemaId,
  reason,
  events: events.length,
  symbols: new Map(),
  first: events[0]?.at,
});

/** Bytes that are no value of their own schema have nothing that could be counted. */
function metIn(probe: () => readonly Met[]): readonly Met[] | undefined {
  try {
    return probe();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function reasonOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
