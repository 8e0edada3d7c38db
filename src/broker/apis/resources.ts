import type { RequestContext } from "../parts.ts";
import { KafkaFault } from "../protocol/index.ts";
import { assertTopicName } from "../topic-name.ts";
import type { Topic } from "../topics.ts";

/** Kafka's numbers for what has settings. */
export const RESOURCES = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const;

const NAMES = new Map<number, string>([
  [RESOURCES.BROKER_LOGGER, "loggers"],
  [RESOURCES.CLIENT_METRICS, "settings of client metrics"],
  [RESOURCES.GROUP, "settings of groups"],
]);

/** Which node's settings are meant; each has its own, so another node cannot tell or change them. */
export function assertBroker(name: string, { nodeId }: RequestContext, orEmpty: string): void {
  if (!/^[+-]?\d+$/.test(name)) throw invalid(`Broker id must be an integer, but it is: ${name}`);
  if (Number(name) === nodeId) return;
  throw invalid(`Unexpected broker id, expected ${nodeId}${orEmpty}, but received ${name}`);
}

/** The topic of this name. INVALID_TOPIC_EXCEPTION, UNKNOWN_TOPIC_OR_PARTITION. */
export function existingTopic(name: string, { topics }: RequestContext, message: string = NOT_HOSTED): Topic {
  const topic = topics.get(name);
  if (topic) return topic;
  assertTopicName(name);
  throw new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", message);
}

/** What Kafka says of a topic that is not there. */
export const NOT_HOSTED = "This server does not host this topic-partition.";

/** The error for what has no settings here, or for no kind of resource at all. */
export function unknownResource(type: number): KafkaFault {
  const name = NAMES.get(type);
  return invalid(name === undefined ? `Unknown resource type ${type}` : `This broker has no ${name}.`);
}

export const invalid = (message: string): KafkaFault => new KafkaFault("INVALID_REQUEST", message);

/** Answers each for itself: one that is refused leaves the others alone. */
export function attempt<T>(work: () => T, refused: (fault: KafkaFault) => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KafkaFault) return refused(error);
    throw error;
  }
}
