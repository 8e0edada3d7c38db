import { type Config, readConfig, SETTINGS } from "../../config.ts";
import { type Admin, kafkaSettings, openProducer } from "../../kafka/index.ts";
import type { Store } from "../../store/index.ts";
import { CommandFailed, exitCodeOfSignal } from "../exit.ts";
import { type Io, stopped } from "../io.ts";
import { counted } from "../table.ts";
import { openCompose } from "./compose.ts";
import { demoEnvironment } from "./environment.ts";
import { type DemoEvent, type DemoOptions, demoEvents } from "./events.ts";
import { openParts, type Parts, prepare } from "./parts.ts";
import { type Pipeline, startPipeline } from "./pipeline.ts";
import { emptyTally, postAll, type Tally } from "./post.ts";
import { createProgress } from "./progress.ts";
import { curlText, type DatabaseCounts, outcomeJson, outcomeText } from "./report.ts";

export interface DemoRun extends DemoOptions {
  /** The repository: where compose.yaml, schemas/ and workers/ are. */
  readonly dir: string;
  /** Leave everything running until the process is asked to stop. */
  readonly keep: boolean;
  readonly json: boolean;
}

const CONNECTIONS = 64;
const CATCH_UP_MS_MAX = 180_000;

/** Brings the pipeline up, posts, waits until the workers have everything, tells what became of it, takes it down. */
export async function runDemo(io: Io, run: DemoRun): Promise<void> {
  try {
    await demo(io, run);
  } catch (error) {
    if (!io.stop.aborted) throw error;
    // Whatever else went wrong then: the signal is the reason, and everything is taken down.
    const signal = String(io.stop.reason);
    throw new CommandFailed(`the demo was ended by ${signal}.`, { exitCode: exitCodeOfSignal(signal), cause: error });
  }
}

async function demo(io: Io, run: DemoRun): Promise<void> {
  const began = performance.now();
  const say = (text: string) => void io.err(`${text}\n`);
  const env = await demoEnvironment(io.env);
  const config = readConfig(ownSettings(env));
  const compose = await openCompose({ name: `sluice-demo-${crypto.randomUUID().slice(0, 8)}`, dir: run.dir, env });
  await using opened = new AsyncDisposableStack();

  say("Starting Kafka, a registry and PostgreSQL in containers; the first time pulls their images.");
  opened.defer(() => compose.down());
  const parts = opened.use(await openParts(compose, config, io.stop));
  say(
    `They answer after ${seconds(performance.now() - began)}. Registering schemas, creating topics, starting the API and the workers.`,
  );
  await prepare(config, parts);
  const pipeline = opened.use(await startPipeline(io, { dir: run.dir, workersDir: config.workersDir, env }));

  const events = [...demoEvents(run)];
  say(`Posting ${counted(run.orders)} orders to ${pipeline.api}, and payments and parcels of those that are right:`);
  const tally = emptyTally();
  const tookMs = await untilStopped(io, pipeline, async () => {
    await writePastTheDoor(config, events[0]?.topic ?? "");
    const posted = await post(io, { events, tally, parts, pipeline });
    say("Waiting until the workers have handled everything that is stored.");
    await catchUp(parts.admin, pipeline, io.stop);
    return posted;
  });
  const outcome = {
    tally,
    tookMs,
    connections: CONNECTIONS,
    dead: pipeline.dead,
    database: await countRows(parts.store),
  };
  io.out(run.json ? `${JSON.stringify(outcomeJson(outcome), null, 2)}\n` : outcomeText(outcome));
  if (run.keep) {
    say(`\nEverything runs until Ctrl-C. Try:\n\n${curlText(pipeline.api)}`);
    await Promise.race([stopped(io), pipeline.broken]);
  } else if (!run.json) {
    io.out(
      `\nTry next: \`bun run demo --keep\`, and then, with the port that it names:\n\n${curlText("http://localhost:PORT")}`,
    );
  }
  say("\nTaking everything down.");
}

/** Only what `readConfig` may see: the rest of the environment is not the demo's to judge. */
function ownSettings(env: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.values<{ variable: string }>(SETTINGS).map(({ variable }) => [variable, env[variable]]),
  );
}

async function untilStopped<T>(io: Io, { broken }: Pipeline, work: () => Promise<T>): Promise<T> {
  const asked = stopped(io).then((signal): never => {
    throw new CommandFailed(`stopped by ${signal}.`);
  });
  return Promise.race([work(), broken, asked]);
}

/** Writes two records as a program might that knows no schema: every group finds out for itself that they are no Avro. */
async function writePastTheDoor(config: Config, topic: string): Promise<void> {
  await using producer = await openProducer(kafkaSettings(config, "sluice-demo-foreign"));
  const timestamp = Date.now();
  await producer.sendAll([
    { topic, key: "ord-foreign-1", value: Buffer.from('{"order_id":"ord-foreign-1"}'), timestamp },
    { topic, key: "ord-foreign-2", value: Buffer.from([0, 0, 0, 0, 1]), timestamp },
  ]);
}

interface Posting {
  readonly events: readonly DemoEvent[];
  readonly tally: Tally;
  readonly parts: Parts;
  readonly pipeline: Pipeline;
}

/** Posts everything, with a live count of what is stored, refused, and in the table. Answers how long it took. */
async function post(io: Io, { events, tally, parts, pipeline }: Posting): Promise<number> {
  const began = performance.now();
  const progress = createProgress(io, events.length);
  let rows = 0;
  const show = () =>
    progress.show(
      tally.posted,
      `stored ${counted(tally.stored)}  refused ${counted(tally.refused)}  rows ${counted(rows)}`,
    );
  const counting = setInterval(() => {
    countOrders(parts.store).then(
      (count) => {
        rows = count;
        show();
      },
      () => {}, // The table is there once the worker has set it up.
    );
  }, 250);
  try {
    await postAll(events, { api: pipeline.api, connections: CONNECTIONS, tally, signal: io.stop, onAnswer: show });
  } finally {
    clearInterval(counting);
    progress.end();
  }
  return performance.now() - began;
}

/** Waits until no group has anything left to read. */
async function catchUp(admin: Admin, { groups, dead }: Pipeline, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MS_MAX;
  for (;;) {
    signal.throwIfAborted();
    const lags = await Promise.all(groups.map(({ group, topics }) => admin.lag(group, topics)));
    const behind = lags.flat().reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);
    if (behind === 0n) return;
    if (performance.now() > deadline) {
      throw new CommandFailed(
        `the workers are still ${behind} events behind (${dead.length} dead-lettered); .sluice/demo has their logs.`,
      );
    }
    await Bun.sleep(200);
  }
}

async function countOrders({ sql }: Store): Promise<number> {
  const [row] = await sql<{ count: number }[]>`SELECT CAST(COUNT(*) AS INTEGER) AS count FROM orders`;
  return row?.count ?? 0;
}

async function countRows({ sql }: Store): Promise<DatabaseCounts> {
  const orders: { status: string; count: number }[] =
    await sql`SELECT status, CAST(COUNT(*) AS INTEGER) AS count FROM orders GROUP BY status ORDER BY status`;
  const [emails] = await sql<{ count: number }[]>`SELECT CAST(COUNT(*) AS INTEGER) AS count FROM emails`;
  const [ledger] = await sql<{ count: number; sum: string }[]>`
    SELECT CAST(COUNT(*) AS INTEGER) AS count, CAST(COALESCE(SUM(amount_cents), 0) AS TEXT) AS sum FROM ledger_entries`;
  return { orders, emails: emails?.count ?? 0, ledgerEntries: ledger?.count ?? 0, ledgerSum: ledger?.sum ?? "0" };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
