import { DecodeError, type Schema, unframe } from "../../avro/index.ts";
import type { CatalogTopic } from "../../catalog/index.ts";
import type { Config } from "../../config.ts";
import { readBack, type StoredEvent, type TopicData } from "../../gate/index.ts";
import type { Admin, IncomingRecord } from "../../kafka/index.ts";
import { type Registry, RegistryError } from "../../registry/index.ts";
import { withAdmin, withRegistry } from "../connections.ts";
import type { Io } from "../io.ts";
import { counted } from "../table.ts";

interface Parts {
  readonly config: Config;
  /** How many of each topic. */
  readonly count: number;
}

/** Reads the newest events of the topics with the schemas as they are now. What cannot be looked at is told. */
export function readStored(io: Io, topics: readonly CatalogTopic[], { config, count }: Parts): Promise<TopicData[]> {
  return withAdmin(config, (admin) =>
    withRegistry(config, async (registry) => {
      const found: TopicData[] = [];
      // One after the other: a topic's events are held in memory.
      for (const topic of topics) found.push(await readTopic(io, topic, { admin, registry, count }));
      return found;
    }),
  );
}

async function readTopic(
  io: Io,
  { topic, subject, file, schema }: CatalogTopic,
  { admin, registry, count }: { admin: Admin; registry: Registry; count: number },
): Promise<TopicData> {
  const records = await admin.lastRecords(topic, count);
  const { events, others } = eventsOf(records);
  const { writers, unknown } = await writersOf(events, registry);
  const known = events.filter(({ schemaId }) => writers.has(schemaId));
  const data = readBack(known, { reader: schema, writers });
  io.err(`${topic}: ${conclusion(data)}\n`);
  if (others > 0) io.err(`  ${counted(others)} left out: no Confluent frame, or a tombstone\n`);
  for (const [id, reason] of unknown) io.err(`  schema ${id} left out: ${reason}\n`);
  return { ...data, topic, subject, file, schema };
}

const conclusion = ({ events, failed }: { events: number; failed: number }): string => {
  if (events === 0) return "no events are stored";
  return `${counted(events)} stored ${events === 1 ? "event" : "events"} read back, ${failed === 0 ? "all can be read" : `${counted(failed)} cannot be read`}`;
};

function eventsOf(records: readonly IncomingRecord[]): { events: StoredEvent[]; others: number } {
  const events = records.flatMap((record): StoredEvent[] => {
    if (record.value === null) return [];
    try {
      return [{ ...unframe(record.value), at: `partition ${record.partition}, offset ${record.offset}` }];
    } catch (error) {
      if (error instanceof DecodeError) return [];
      throw error;
    }
  });
  return { events, others: records.length - events.length };
}

async function writersOf(events: readonly StoredEvent[], registry: Registry) {
  const writers = new Map<number, Schema>();
  const unknown = new Map<number, string>();
  for (const id of new Set(events.map(({ schemaId }) => schemaId))) {
    try {
      writers.set(id, await registry.schemaById(id));
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === "UNREACHABLE") throw error;
      unknown.set(id, error.message);
    }
  }
  return { writers, unknown };
}
