import { Command } from "commander";
import { readConfig } from "../config.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";

/** Asks the API or the worker of this machine whether it is alive: the health check of the container image. */
export const healthCommand = (io: Io): Command =>
  withExamples(
    new Command("health")
      .description("Ask the API or the worker on this machine whether it is well.")
      .option("--ready", "ask whether it can do its work, not only whether it is alive")
      .option(...JSON_OPTION)
      .action((options: { ready?: boolean; json?: boolean }) => health(io, options)),
    [
      ["sluice health", "exit 0 where HTTP_PORT or OPS_PORT answers that it is alive"],
      ["sluice health --ready", "exit 0 where it also reaches Kafka and the registry"],
    ],
  );

const ANSWER_MS_MAX = 4_000;

async function health(io: Io, { ready, json }: { ready?: boolean; json?: boolean }): Promise<void> {
  const { httpPort, opsPort } = readConfig(io.env);
  const path = ready ? "/health/ready" : "/health/live";
  // A container runs one of the two, and the check does not know which.
  const answers = await Promise.all([httpPort, opsPort].map((port) => ask(`http://127.0.0.1:${port}${path}`)));
  const answer = answers.find(({ ok }) => ok) ?? answers.find(({ status }) => status !== undefined);
  if (json) io.out(`${JSON.stringify({ ok: answer?.ok ?? false, answers })}\n`);
  if (!answer) throw new CommandFailed(`nothing answers on HTTP_PORT=${httpPort} or OPS_PORT=${opsPort}.`);
  if (!answer.ok) throw new CommandFailed(`${answer.url} answers ${answer.status}: ${answer.text}`);
  if (!json) io.out(`${answer.url} answers ${answer.status}\n`);
}

interface Answer {
  readonly url: string;
  readonly ok: boolean;
  /** Undefined where nothing answered. */
  readonly status?: number;
  readonly text: string;
}

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { url, ok: response.ok, status: response.status, text: (await response.text()).slice(0, 1_000) };
  } catch (error) {
    // Nobody listens there, which is what the check is to find out.
    return { url, ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}
