import { assertConfigs } from "../configs/index.ts";
import type { RequestContext } from "../parts.ts";
import type { KafkaFault } from "../protocol/index.ts";
import { assertTopicName } from "../topic-name.ts";
import { assertBroker, attempt, existingTopic, invalid, RESOURCES, unknownResource } from "./resources.ts";

interface AskedResource {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

interface AlterationAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly resourceType: number;
  readonly resourceName: string;
}

/**
 * Changes the settings of each resource for itself. `changed` makes the settings that a topic is to have out of those it
 * has; only AlterConfigs and IncrementalAlterConfigs know how to.
 */
export function alterEach<R extends AskedResource>(
  context: RequestContext,
  { resources, validateOnly }: { readonly resources: readonly R[]; readonly validateOnly: boolean },
  changed: (resource: R, before: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
): AlterationAnswer[] {
  const times = new Map<string, number>();
  for (const resource of resources) times.set(keyOf(resource), (times.get(keyOf(resource)) ?? 0) + 1);
  return resources.map((resource) => {
    const { resourceType, resourceName } = resource;
    const answer = (fault?: KafkaFault) => ({
      errorCode: fault?.code ?? 0,
      errorMessage: fault?.message ?? null,
      resourceType,
      resourceName,
    });
    return attempt(() => {
      if (times.get(keyOf(resource)) !== 1) throw invalid("Each resource must appear at most once.");
      assertGiven(resource);
      if (resourceType === RESOURCES.TOPIC) alterTopic(context, resource, validateOnly, changed);
      else if (resourceType === RESOURCES.BROKER) refuseBroker(context, resource);
      else throw unknownResource(resourceType);
      return answer();
    }, answer);
  });
}

function alterTopic<R extends AskedResource>(
  context: RequestContext,
  resource: R,
  validateOnly: boolean,
  changed: (resource: R, before: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
): void {
  const { resourceName } = resource;
  if (resourceName === "") throw invalid("Default topic resources are not allowed.");
  assertTopicName(resourceName);
  const configs = changed(resource, context.topics.get(resourceName)?.configs ?? new Map());
  // Kafka looks at the settings first, and then whether there is such a topic.
  assertConfigs(configs);
  existingTopic(resourceName, context, `The topic '${resourceName}' does not exist.`);
  if (!validateOnly) context.topics.configure(resourceName, configs);
}

/** What a node runs with was given when it started. */
function refuseBroker(context: RequestContext, { resourceName, configs }: AskedResource): void {
  if (resourceName !== "") assertBroker(resourceName, context, "");
  if (configs.length === 0) return;
  throw invalid(`Cannot update these configs dynamically: [${configs.map(({ name }) => name).join(", ")}]`);
}

function assertGiven({ configs }: AskedResource): void {
  const names = configs.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("Error due to duplicate config keys");
}

const keyOf = ({ resourceType, resourceName }: AskedResource): string => `${resourceType} ${resourceName}`;

/** A null in place of a value means nothing to Kafka. */
export function assertNoNulls(configs: AskedResource["configs"]): void {
  const nulls = configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (nulls.length > 0) throw invalid(`Null value not supported for : ${nulls.join(",")}`);
}
