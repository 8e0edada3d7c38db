/**
 * The JavaScript shape of each topic's events, by topic name. Empty here: `schemas/types.ts`, which `sluice types` writes
 * from the schemas, adds an entry per topic by declaration merging, and so types `defineWorker` without a type argument.
 */
// biome-ignore lint/suspicious/noEmptyInterface: declaration merging needs an interface to merge with.
export interface Topics {}

/**
 * What may be sent to each topic: fields with a default may be left out, a moment may be a Date or a text. Filled like
 * `Topics`; it types the door's client.
 */
// biome-ignore lint/suspicious/noEmptyInterface: as above.
export interface TopicInputs {}

/** A topic that has a type; any string where no types were generated. */
export type TopicName = [keyof Topics] extends [never] ? string : keyof Topics;

/** What a handler of this topic gets. */
export type EventOf<Topic extends TopicName> = Topic extends keyof Topics ? Topics[Topic] : unknown;

/** What may be sent to this topic. */
export type InputOf<Topic extends TopicName> = Topic extends keyof TopicInputs ? TopicInputs[Topic] : unknown;
