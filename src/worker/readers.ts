import { parseSchema, type Schema, SchemaError } from "../avro/index.ts";
import { type Catalog, type CatalogTopic, envelopeProblems } from "../catalog/index.ts";
import type { Worker } from "./define-worker.ts";

/**
 * The topics of a worker that the catalog has, each with the schema that this worker reads it with: its own, where it
 * declares one. A reader of its own that is wrong is left out, as `readerMistakes` says.
 */
export function readTopics(worker: Worker, catalog: Catalog): CatalogTopic[] {
  return worker.topics.flatMap((name) => {
    const topic = catalog.topic(name);
    const own = worker.readers[name];
    if (topic === undefined || own === undefined) return topic ?? [];
    const schema = ownReader(own);
    // The key was taken from the event when it was stored; its field need not be read.
    return Array.isArray(schema) ? [] : { ...topic, schema, key: [] };
  });
}

/** The worker's own schema of a topic; undefined where it reads with the topic's. @throws SchemaError */
export function readerOf(worker: Pick<Worker, "readers">, topic: string): Schema | undefined {
  const own = worker.readers[topic];
  return own === undefined ? undefined : parseSchema(own);
}

/** What is wrong with a worker's own schemas. */
export function readerMistakes(worker: Worker, catalog: Catalog): string[] {
  return Object.entries(worker.readers).flatMap(([name, own]) => {
    if (!worker.topics.includes(name)) return [`readers: ${name} is not among its topics`];
    const topic = catalog.topic(name);
    if (topic === undefined) return [];
    const schema = ownReader(own);
    const found = Array.isArray(schema) ? schema : envelopeProblems({ ...topic, schema, key: [] });
    return found.map((problem) => `readers, ${name}: ${problem}`);
  });
}

function ownReader(own: unknown): Schema | string[] {
  try {
    const schema = parseSchema(own);
    return schema.root.type === "record" ? schema : ["an event is a record"];
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return error.problems.map(({ pointer, message }) => (pointer === "" ? message : `${pointer}: ${message}`));
  }
}
