import { defineHandler, type RequestContext } from "../parts.ts";
import { KafkaFault, MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { attempt, invalid, NOT_HOSTED } from "./resources.ts";

type Request = RequestOf<typeof MESSAGES.createPartitions>;
type Asked = Request["topics"][number];
type Result = ResponseInput<typeof MESSAGES.createPartitions>["results"][number];

/** Gives topics more partitions, each topic for itself. */
export const createPartitions = defineHandler(MESSAGES.createPartitions, (context, { topics, validateOnly }) => {
  const asked = new Map<string, Asked[]>();
  for (const topic of topics) asked.set(topic.name, [...(asked.get(topic.name) ?? []), topic]);
  return {
    throttleTimeMs: 0,
    results: [...asked].map(([name, [topic, ...more]]) =>
      attempt(
        (): Result => {
          if (more.length > 0) throw invalid("Duplicate topic name.");
          if (topic) add(context, topic, validateOnly);
          return { name, errorCode: 0, errorMessage: null };
        },
        ({ code, message }) => ({ name, errorCode: code, errorMessage: message }),
      ),
    ),
  };
});

function add(context: RequestContext, { name, count, assignments }: Asked, validateOnly: boolean): void {
  const held = context.topics.get(name)?.partitions.length;
  if (held === undefined) throw new KafkaFault("UNKNOWN_TOPIC_OR_PARTITION", NOT_HOSTED);
  if (count === held) throw partitions(`Topic already has ${held} partition(s).`);
  if (count < held) {
    throw partitions(`The topic ${name} currently has ${held} partition(s); ${count} would not be an increase.`);
  }
  const { all } = context.nodes;
  if (assignments)
    assertAssignments(
      assignments,
      count - held,
      all.map(({ id }) => id),
    );
  assertRoom(context, count - held);
  if (validateOnly) return;
  context.topics.addPartitions(
    name,
    count,
    assignments?.map(({ brokerIds }) => brokerIds),
  );
}

/** Whether as many partitions are placed as are added, each on nodes that there are. */
function assertAssignments(
  assignments: NonNullable<Asked["assignments"]>,
  added: number,
  nodeIds: readonly number[],
): void {
  if (assignments.length !== added) {
    const given = `but only ${assignments.length} assignment(s) were specified.`;
    throw assignment(`Attempted to add ${added} additional partition(s), ${given}`);
  }
  const theirs = "The manual partition assignment includes";
  for (const { brokerIds } of assignments) {
    if (brokerIds.length === 0) throw assignment(`${theirs} an empty replica list.`);
    const unknown = brokerIds.find((id) => !nodeIds.includes(id));
    if (unknown !== undefined) throw assignment(`${theirs} broker ${unknown}, but no such broker is registered.`);
    const twice = brokerIds.find((id, at) => brokerIds.indexOf(id) !== at);
    if (twice !== undefined) throw assignment(`${theirs} the broker ${twice} more than once.`);
  }
}

/** `addPartitions` says so too, but nothing is to be said about a topic that is only validated. */
function assertRoom({ topics, limits }: RequestContext, more: number): void {
  let held = 0;
  for (const topic of topics.all.values()) held += topic.partitions.length;
  if (held + more <= limits.partitions) return;
  throw new KafkaFault(
    "POLICY_VIOLATION",
    `${held + more} partitions would be over the limit of ${limits.partitions}.`,
  );
}

const partitions = (message: string): KafkaFault => new KafkaFault("INVALID_PARTITIONS", message);
const assignment = (message: string): KafkaFault => new KafkaFault("INVALID_REPLICA_ASSIGNMENT", message);
