import { KafkaFault } from "./protocol/index.ts";

const NAME_CHARACTERS_MAX = 249;

/** Says in Apache Kafka's words why a topic cannot have this name: INVALID_TOPIC_EXCEPTION. */
export function assertTopicName(name: string): void {
  const why = whyInvalid(name);
  if (why !== undefined) throw new KafkaFault("INVALID_TOPIC_EXCEPTION", `Topic name is invalid: ${why}`);
}

function whyInvalid(name: string): string | undefined {
  if (name === "") return "the empty string is not allowed";
  if (name === "." || name === "..") return `'${name}' is not allowed`;
  if (name.length > NAME_CHARACTERS_MAX) {
    return `the length of '${name}' is longer than the max allowed length ${NAME_CHARACTERS_MAX}`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
  }
  return undefined;
}

/** Metrics of Kafka know no dots, so that two names that differ by dot and underscore alone exclude each other. */
export const metricName = (name: string): string => name.replaceAll(".", "_");
