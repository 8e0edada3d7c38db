import type { CatalogTopic, Envelope } from "./model.ts";

/** Builds the function that finds key, id and time in an event of this topic. */
export function envelopeOf(topic: CatalogTopic): (value: unknown) => Envelope {
  throw new Error(`not written yet: ${topic.topic}`);
}
