import type { Cluster } from "../cluster.ts";
import { errorOf, KafkaError, kindOf } from "../errors.ts";
import { metadataRequest } from "../metadata.ts";
import { setConfigRequest, TOPIC_RESOURCE } from "./requests.ts";
import { retried } from "./retried.ts";
import type { TopicDescription, TopicOutcome, TopicPlan, TopicProblem, TopicSpec, TopicStep } from "./types.ts";

/** How long the controller may take to carry a change out. */
const CHANGE_TIMEOUT_MS = 15_000;
const RETRIES_MS = 15_000;

/** @throws KafkaError where no broker answers, or one refuses to show a topic */
export async function describeTopics(cluster: Cluster, names: readonly string[] | "all"): Promise<TopicDescription[]> {
  if (names.length === 0) return [];
  const { topics } = await cluster.send("any", metadataRequest(names));
  return topics.flatMap(({ topic, error, partitions }) => {
    if (error === "UNKNOWN_TOPIC_OR_PARTITION" || error === "INVALID_TOPIC_EXCEPTION") return [];
    if (error !== undefined && partitions.length === 0) throw new KafkaError(error, `the metadata of ${topic}`);
    return {
      topic,
      partitions: partitions.length,
      replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      led: partitions.filter(({ leader }) => leader >= 0).length,
    };
  });
}

/** Compares what is declared with what there is, and has Kafka check what it would be asked to do. */
export async function planTopics(cluster: Cluster, specs: readonly TopicSpec[]): Promise<TopicPlan> {
  const names = specs.map(({ topic }) => topic);
  const existing = new Map((await describeTopics(cluster, names)).map((topic) => [topic.topic, topic]));
  const brokers = cluster.nodes().length;
  const configs = await configsOf(cluster, [...existing.keys()]);
  const plans = specs.map((spec) =>
    planTopic(spec, { actual: existing.get(spec.topic), config: configs.get(spec.topic) ?? new Map(), brokers }),
  );
  const steps = plans.flatMap((plan) => plan.steps);
  return {
    steps,
    differences: plans.flatMap((plan) => plan.differences),
    problems: [...(await unusableTopics(cluster, steps)), ...(await unusableConfigs(cluster, steps))],
  };
}

/** @throws KafkaError INVALID_CONFIG where the plan has problems: then nothing is done */
export async function applyTopics(
  cluster: Cluster,
  plan: TopicPlan,
  onStep: (outcome: TopicOutcome) => void = () => {},
): Promise<TopicOutcome[]> {
  const [first] = plan.problems;
  if (first !== undefined) {
    const more = plan.problems.length > 1 ? `, and ${plan.problems.length - 1} more problems` : "";
    throw new KafkaError("INVALID_CONFIG", `${first.topic}: ${first.message}${more}`);
  }
  const outcomes: TopicOutcome[] = [];
  for (const step of plan.steps) {
    const outcome = { step, error: await errorIn(() => take(cluster, step)) };
    outcomes.push(outcome);
    onStep(outcome);
  }
  return outcomes;
}

interface Found {
  readonly actual: TopicDescription | undefined;
  readonly config: ReadonlyMap<string, string | null>;
  readonly brokers: number;
}

function planTopic(spec: TopicSpec, { actual, config, brokers }: Found): Pick<TopicPlan, "steps" | "differences"> {
  const { topic, partitions, replication } = spec;
  if (actual === undefined) return { steps: [{ action: "create", topic, spec }], differences: [] };
  const steps: TopicStep[] = [];
  const differences: TopicPlan["differences"][number][] = [];
  if (actual.partitions < partitions) {
    steps.push({ action: "add-partitions", topic, from: actual.partitions, to: partitions });
  } else if (actual.partitions > partitions) {
    const message = `has ${actual.partitions} partitions, ${partitions} ${partitions === 1 ? "is" : "are"} declared; Kafka cannot take any away`;
    differences.push({ topic, what: "partitions", declared: partitions, actual: actual.partitions, message });
  }
  if (actual.replication !== replication) {
    const message = replicationMessage(replication, actual.replication, brokers);
    differences.push({ topic, what: "replication", declared: replication, actual: actual.replication, message });
  }
  for (const [name, to] of Object.entries(spec.config)) {
    const from = config.get(name) ?? null;
    if (from !== to) steps.push({ action: "set-config", topic, name, from, to });
  }
  return { steps, differences };
}

/** On fewer brokers than copies are declared, as on a developer's machine, there is nothing to do about it. */
function replicationMessage(declared: number, actual: number, brokers: number): string {
  const has = `has ${actual === 1 ? "1 replica" : `${actual} replicas`}`;
  if (declared > brokers) {
    return `${has}; declared ${declared}, the cluster has ${brokers === 1 ? "1 broker" : `${brokers} brokers`}`;
  }
  return `${has}, ${declared} ${declared === 1 ? "is" : "are"} declared; kafka-reassign-partitions moves them`;
}

/** The settings in force, defaults included: a topic that has the declared value already needs no change. */
async function configsOf(
  cluster: Cluster,
  topics: readonly string[],
): Promise<Map<string, ReadonlyMap<string, string | null>>> {
  if (topics.length === 0) return new Map();
  const resources = topics.map((name) => ({ type: TOPIC_RESOURCE, name }));
  const answer = await cluster.call("any", "DescribeConfigs", { resources });
  return new Map(
    answer.resources.map(({ resourceName, errorCode, configEntries }) => {
      if (errorCode !== 0) throw errorOf(errorCode, `DescribeConfigs of ${resourceName}`);
      return [resourceName, new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]))];
    }),
  );
}

/** Kafka tells for each topic whether it would be created, and why not. */
async function unusableTopics(cluster: Cluster, steps: readonly TopicStep[]): Promise<TopicProblem[]> {
  const specs = steps.flatMap((step) => (step.action === "create" ? [step.spec] : []));
  if (specs.length === 0) return [];
  const outcomes = await retried(() => create(cluster, specs, { validateOnly: true }), { timeoutMs: RETRIES_MS });
  return outcomes.flatMap(({ topic, errorCode, errorMessage }) =>
    errorCode === 0 ? [] : [{ topic, message: refusal(errorCode, errorMessage) }],
  );
}

/** Setting by setting, since of several wrong ones Kafka names the first. */
async function unusableConfigs(cluster: Cluster, steps: readonly TopicStep[]): Promise<TopicProblem[]> {
  const problems: TopicProblem[] = [];
  for (const step of steps) {
    if (step.action !== "set-config") continue;
    const { topic, name, to } = step;
    const request = setConfigRequest(topic, { [name]: to }, { validateOnly: true });
    const [outcome] = await cluster.send("any", request);
    if (outcome !== undefined && outcome.errorCode !== 0) {
      problems.push({ topic, message: refusal(outcome.errorCode, outcome.errorMessage) });
    }
  }
  return problems;
}

async function take(cluster: Cluster, step: TopicStep): Promise<void> {
  switch (step.action) {
    case "create":
      await retried(() => createTopic(cluster, step.spec), { timeoutMs: RETRIES_MS });
      await waitForLeaders(cluster, step.topic, step.spec.partitions);
      return;
    case "add-partitions":
      await retried(() => addPartitions(cluster, step.topic, step.to), { timeoutMs: RETRIES_MS });
      await waitForLeaders(cluster, step.topic, step.to);
      return;
    case "set-config":
      await retried(() => setConfig(cluster, step.topic, step.name, step.to), { timeoutMs: RETRIES_MS });
  }
}

async function createTopic(cluster: Cluster, spec: TopicSpec): Promise<void> {
  const [outcome] = await create(cluster, [spec], { validateOnly: false });
  // Somebody else created it meanwhile, or an attempt of ours did whose answer was lost.
  if (outcome === undefined || outcome.errorCode === 0 || kindOf(outcome.errorCode) === "TOPIC_ALREADY_EXISTS") return;
  throw refused(outcome.errorCode, `CreateTopics of ${spec.topic}`, outcome.errorMessage);
}

async function create(
  cluster: Cluster,
  specs: readonly TopicSpec[],
  { validateOnly }: { readonly validateOnly: boolean },
) {
  const topics = specs.map(({ topic, partitions, replication, config }) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replication,
    replicaAssignment: [],
    configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
  }));
  const fields = { topics, validateOnly, timeout: CHANGE_TIMEOUT_MS };
  const answer = await cluster.call(controllerOf(cluster), "CreateTopics", fields, {
    timeoutMs: 2 * CHANGE_TIMEOUT_MS,
  });
  return answer.topicErrors;
}

async function addPartitions(cluster: Cluster, topic: string, count: number): Promise<void> {
  const answer = await cluster.call(
    controllerOf(cluster),
    "CreatePartitions",
    { topicPartitions: [{ topic, count }], validateOnly: false, timeout: CHANGE_TIMEOUT_MS },
    { timeoutMs: 2 * CHANGE_TIMEOUT_MS },
  );
  const [outcome] = answer.topicErrors;
  if (outcome === undefined || outcome.errorCode === 0) return;
  throw refused(outcome.errorCode, `CreatePartitions of ${topic}`, outcome.errorMessage);
}

async function setConfig(cluster: Cluster, topic: string, name: string, value: string): Promise<void> {
  const request = setConfigRequest(topic, { [name]: value }, { validateOnly: false });
  const [outcome] = await cluster.send(controllerOf(cluster), request);
  if (outcome === undefined || outcome.errorCode === 0) return;
  throw refused(outcome.errorCode, `${name} of ${topic}`, outcome.errorMessage);
}

/** The answer to a creation comes before all brokers know of it; whoever writes next should not meet that. */
async function waitForLeaders(cluster: Cluster, topic: string, partitions: number): Promise<void> {
  const ready = async () => {
    const [described] = await describeTopics(cluster, [topic]);
    if ((described?.led ?? 0) < partitions) {
      throw new KafkaError(
        "LEADER_NOT_AVAILABLE",
        `${topic}: ${described?.led ?? 0} of ${partitions} partitions have a leader`,
      );
    }
  };
  await retried(ready, { timeoutMs: RETRIES_MS });
}

/** With KRaft any broker forwards to the controller, and the metadata names any. */
function controllerOf(cluster: Cluster): number {
  return cluster.controllerId >= 0 ? cluster.controllerId : (cluster.nodes()[0]?.nodeId ?? -1);
}

function refused(code: number, about: string, message: string | null | undefined): KafkaError {
  const error = errorOf(code, about);
  return message ? new KafkaError(error.kind, `${about}: ${message}`) : error;
}

function refusal(code: number, message: string | null | undefined): string {
  return message || errorOf(code, "refused").message;
}

async function errorIn(work: () => Promise<void>): Promise<KafkaError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
}
