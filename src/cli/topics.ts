import { stat } from "node:fs/promises";
import { Command } from "commander";
import { plural } from "../avro/index.ts";
import { type Catalog, loadCatalog } from "../catalog/index.ts";
import { type Config, readConfig } from "../config.ts";
import type { Admin, TopicPlan, TopicSpec, TopicStep } from "../kafka/index.ts";
import { deadLetterSpec, loadWorkers } from "../worker/index.ts";
import { withAdmin } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, Refused } from "./exit.ts";
import type { Io } from "./io.ts";
import { columns, counted } from "./table.ts";

/** Makes Kafka's topics as `topic.yaml` says. Never deletes a topic, never takes partitions away. */
export function topicsCommand(io: Io): Command {
  const topics = new Command("topics")
    .description("Plan or apply the topics of the schemas and the dead-letter topics of the workers.")
    .addCommand(subcommand(io, "plan", "Show what is missing in Kafka, and what differs.", false))
    .addCommand(
      subcommand(io, "apply", "Create topics, add partitions and set configs; never shrink or delete.", true),
    );
  return withExamples(topics, [
    ["sluice topics plan", "show it"],
    ["sluice topics apply", "do it; once more changes nothing"],
  ]);
}

function subcommand(io: Io, name: string, description: string, applies: boolean): Command {
  const command = new Command(name)
    .description(description)
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => topics(io, { json: options.json ?? false, applies }));
  return withExamples(command, [[`sluice topics ${name}`, "for the cluster of KAFKA_BOOTSTRAP_SERVERS"]]);
}

async function topics(io: Io, { json, applies }: { json: boolean; applies: boolean }): Promise<void> {
  const config = readConfig(io.env);
  const specs = await topicSpecs(config, await loadCatalog(config.schemasDir));
  await withAdmin(config, async (admin) => {
    const plan = await admin.planTopics(specs);
    const refused = plan.problems.length > 0;
    if (!json) io.out(planText(plan));
    if (applies && !refused) return apply(io, admin, plan, json);
    if (json) io.out(`${JSON.stringify(plan, null, 2)}\n`);
    else if (!refused && plan.steps.length > 0) io.out("\n`sluice topics apply` does this.\n");
    if (refused) throw new Refused();
  });
}

/** The topics of the schemas, and the dead-letter topics of the workers where there is a folder of workers. */
export async function topicSpecs(config: Config, catalog: Catalog): Promise<TopicSpec[]> {
  const folder = await stat(config.workersDir).catch(() => undefined); // Schemas may live without workers.
  const workers = folder?.isDirectory() ? await loadWorkers(config.workersDir) : [];
  const deadLetters = workers.flatMap(({ worker }) =>
    worker.topics.flatMap((name) => {
      const topic = catalog.topic(name);
      return topic === undefined ? [] : [deadLetterSpec(topic, worker.group)];
    }),
  );
  return [...catalog.topics, ...deadLetters].map(({ topic, partitions, replication, config: settings }) => ({
    topic,
    partitions,
    replication,
    config: settings,
  }));
}

async function apply(io: Io, admin: Admin, plan: TopicPlan, json: boolean): Promise<void> {
  const outcomes = await admin.applyTopics(plan);
  const failed = outcomes.filter(({ error }) => error !== undefined);
  if (json) {
    const steps = outcomes.map(({ step, error }) => ({ step, ...(error && { error: error.message }) }));
    io.out(`${JSON.stringify({ steps, differences: plan.differences }, null, 2)}\n`);
  } else {
    for (const { step, error } of failed) io.out(`✗ ${step.topic}: ${error?.message}\n`);
    if (outcomes.length > 0 && failed.length === 0)
      io.out(`\nDone: ${counted(outcomes.length)} ${outcomes.length === 1 ? "change" : "changes"}.\n`);
  }
  if (failed.length > 0) throw new CommandFailed(`${failed.length} of ${outcomes.length} changes failed.`);
}

function planText({ steps, differences, problems }: TopicPlan): string {
  const rows = [
    ...steps.map((step) => [step.action === "create" ? "+" : "~", step.topic, whatHappens(step)]),
    ...differences.map(({ topic, message }) => ["!", topic, message]),
    ...problems.map(({ topic, message }) => ["✗", topic, message]),
  ];
  return rows.length === 0 ? "Nothing to do: every topic is as declared.\n" : columns(rows);
}

function whatHappens(step: TopicStep): string {
  switch (step.action) {
    case "create":
      return `create, ${plural(step.spec.partitions, "partition")}, ${copies(step.spec.replication)}`;
    case "add-partitions":
      return `from ${step.from} to ${step.to} partitions; keys move to other partitions`;
    case "set-config":
      return `${step.name}: from ${step.from ?? "nothing"} to ${step.to}`;
  }
}

const copies = (replication: number): string => (replication === 1 ? "1 copy" : `${replication} copies`);
