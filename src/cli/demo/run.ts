import { join } from "node:path";
import { readConfig } from "../../config.ts";
import type { Emit } from "../../events.ts";
import { openProducer } from "../../kafka/index.ts";
import type { Store } from "../../store/index.ts";
import { commandOf } from "../command-of.ts";
import { type Dev, openDev } from "../dev/open-dev.ts";
import { CommandFailed, exitCodeOfSignal } from "../exit.ts";
import { type Io, stopped } from "../io.ts";
import { counted } from "../table.ts";
import { type DemoEvent, type DemoOptions, demoEvents } from "./events.ts";
import { openFolders } from "./folders.ts";
import { emptyTally, postAll, type Tally } from "./post.ts";
import { createProgress } from "./progress.ts";
import { curlText, type DatabaseCounts, type DeadLetter, nextText, outcomeJson, outcomeText } from "./report.ts";

export interface DemoRun extends DemoOptions {
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
  const dead: DeadLetter[] = [];
  await using folders = await openFolders();
  await using dev = await openPipeline(folders.dir, (name, detail) => {
    if (name === "worker.event.dead" && "to" in detail && "error" in detail) dead.push(detail);
  });
  say(
    `A broker, a registry, the API and ${dev.workers.length} workers run in this process, after ${Math.round(performance.now() - began)} ms.`,
  );
  const events = [...demoEvents(run)];
  say(`Posting ${counted(run.orders)} orders to ${dev.api}, and payments and parcels of those that are right:`);
  const tally = emptyTally();
  const tookMs = await untilStopped(io, async () => {
    await writePastTheDoor(dev, events[0]?.topic ?? "");
    const posted = await post(io, { events, tally, dev });
    say("Waiting until the workers have handled everything that is stored.");
    await catchUp(dev, dead, io.stop);
    return posted;
  });
  const outcome = { tally, tookMs, connections: CONNECTIONS, dead, database: await countRows(dev.store) };
  io.out(run.json ? `${JSON.stringify(outcomeJson(outcome), null, 2)}\n` : outcomeText(outcome));
  if (run.keep) {
    say(`\nEverything runs until Ctrl-C. Try:\n\n${curlText(dev.api)}`);
    await stopped(io);
  } else if (!run.json) {
    io.out(nextText(commandOf(io.self), folders.lasts));
  }
}

/** The repository's own folders and free ports, whatever the caller's settings say: they may name a production. */
async function openPipeline(dir: string, listen: Emit): Promise<Dev> {
  const config = readConfig({ SLUICE_SCHEMAS: join(dir, "schemas"), SLUICE_WORKERS: join(dir, "workers") });
  const problems: string[] = [];
  const dev = await openDev({
    config,
    ports: { http: 0, kafka: 0, registry: 0 },
    listen,
    tell: ({ event, about, text, details = [] }) => {
      if (BROKEN.has(event)) problems.push(`${about}: ${text} ${details.join("; ")}`);
    },
  });
  if (problems.length === 0) return dev;
  await dev.close();
  throw new CommandFailed(problems.join("\n"));
}

/** News without which there is no pipeline to show. */
const BROKEN: ReadonlySet<string> = new Set(["schemas.broken", "schema.refused", "worker.broken"]);

async function untilStopped<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const asked = stopped(io).then((signal): never => {
    throw new CommandFailed(`stopped by ${signal}.`);
  });
  return Promise.race([work(), asked]);
}

/** Writes two records as a program might that knows no schema: every group finds out for itself that they are no Avro. */
async function writePastTheDoor({ kafka }: Dev, topic: string): Promise<void> {
  await using producer = await openProducer({
    bootstrapServers: [kafka],
    ssl: false,
    clientId: "sluice-demo-foreign",
  });
  const timestamp = Date.now();
  await producer.sendAll([
    { topic, key: "ord-foreign-1", value: Buffer.from('{"order_id":"ord-foreign-1"}'), timestamp },
    { topic, key: "ord-foreign-2", value: Buffer.from([0, 0, 0, 0, 1]), timestamp },
  ]);
}

interface Posting {
  readonly events: readonly DemoEvent[];
  readonly tally: Tally;
  readonly dev: Dev;
}

/** Posts everything, with a live count of what is stored, refused, and in the table. Answers how long it took. */
async function post(io: Io, { events, tally, dev }: Posting): Promise<number> {
  const began = performance.now();
  const progress = createProgress(io, events.length);
  let rows = 0;
  const show = () =>
    progress.show(
      tally.posted,
      `stored ${counted(tally.stored)}  refused ${counted(tally.refused)}  rows ${counted(rows)}`,
    );
  const counting = setInterval(() => {
    countOrders(dev.store).then(
      (count) => {
        rows = count;
        show();
      },
      () => {}, // The table is there once the worker has set it up.
    );
  }, 250);
  try {
    await postAll(events, { api: dev.api, connections: CONNECTIONS, tally, signal: io.stop, onAnswer: show });
  } finally {
    clearInterval(counting);
    progress.end();
  }
  return performance.now() - began;
}

/** Waits until no group has anything left to read. */
async function catchUp({ admin, workers }: Dev, dead: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MS_MAX;
  for (;;) {
    signal.throwIfAborted();
    const lags = await Promise.all(workers.map(({ group, topics }) => admin.lag(group, topics)));
    const behind = lags.flat().reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);
    if (behind === 0n) return;
    if (performance.now() > deadline) {
      throw new CommandFailed(`the workers are still ${behind} events behind (${dead.length} dead-lettered).`);
    }
    await Bun.sleep(50);
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
