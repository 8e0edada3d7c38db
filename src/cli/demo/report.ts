import { columns, counted } from "../table.ts";
import type { Tally } from "./post.ts";

/** An event that a worker gave up on. */
export interface DeadLetter {
  /** The dead-letter topic that has it. */
  readonly to: string;
  readonly error: unknown;
}

export interface DatabaseCounts {
  readonly orders: readonly { readonly status: string; readonly count: number }[];
  readonly emails: number;
  readonly ledgerEntries: number;
  /** Over all accounts; double entry keeps it at 0. */
  readonly ledgerSum: string;
}

/** What became of everything that was posted. */
export interface Outcome {
  readonly tally: Tally;
  readonly tookMs: number;
  readonly connections: number;
  readonly dead: readonly DeadLetter[];
  readonly database: DatabaseCounts;
}

/** The outcome as tables: stored, refused, dead-lettered, and what the workers made of it. */
export function outcomeText({ tally, tookMs, connections, dead, database }: Outcome): string {
  const perSecond = Math.round((tally.posted / tookMs) * 1000);
  return [
    `\n${counted(tally.posted)} events in ${(tookMs / 1000).toFixed(1)} s over ${connections} connections: ${counted(perSecond)} each second.\n`,
    section(
      "Stored",
      [...tally.storedByTopic].map(([topic, count]) => [counted(count), topic]),
    ),
    section(
      "Refused at the door",
      [...tally.refusals.values()].map(({ count, status, wrong, reason }) => [
        counted(count),
        status,
        wrong,
        short(reason),
      ]),
      ["", "STATUS", "WHAT WAS WRONG", "THE ANSWER"],
    ),
    section(
      "Dead-lettered by workers",
      deadRows(dead).map(({ count, to, reason }) => [counted(count), to, short(reason)]),
    ),
    section("In the workers' tables", [
      [
        counted(sum(database.orders.map(({ count }) => count))),
        "orders",
        database.orders.map(({ status, count }) => `${counted(count)} ${status}`).join(", "),
      ],
      [counted(database.emails), "emails", "written, one for each order and each parcel"],
      [counted(database.ledgerEntries), "ledger entries", `two for each payment; their sum is ${database.ledgerSum}`],
    ]),
  ].join("\n");
}

export function outcomeJson({ tally, tookMs, dead, database }: Outcome): object {
  return {
    posted: tally.posted,
    tookMs: Math.round(tookMs),
    stored: Object.fromEntries(tally.storedByTopic),
    refused: [...tally.refusals.values()],
    deadLettered: deadRows(dead),
    database,
  };
}

/** An order to post by hand, a line of its own for each part. */
export const curlText = (
  api: string,
): string => `  curl -i ${api}/topics/orders.order.created.v1/events -H 'content-type: application/json' -d '{
    "event_id": "${crypto.randomUUID()}", "occurred_at": "${new Date().toISOString()}",
    "order_id": "ord-1", "customer_id": "cus-7", "currency": "EUR", "total_cents": 4990,
    "items": [{ "sku": "SKU-1001", "quantity": 2, "price_cents": 2495 }]
  }'
`;

/** What to do after the demo. Its own topics are there again only where its folders are. */
export const nextText = (command: string, hasFolders: boolean): string =>
  hasFolders
    ? `\nTry next: \`${command} dev\`, which goes on until Ctrl-C and follows what you save, and then:\n\n${curlText("http://localhost:3000")}`
    : `\nTry next: \`${command} dev\` in a new folder; it says how to begin, goes on until Ctrl-C and follows what you save.\n`;

function section(title: string, rows: readonly (readonly (string | number)[])[], header?: readonly string[]): string {
  if (rows.length === 0) return `${title}: nothing.\n`;
  const table = columns(rows, header ? { header } : {});
  return `${title}\n${table.replaceAll(/^(?=.)/gm, "  ")}`;
}

function deadRows(dead: readonly DeadLetter[]) {
  const rows = new Map<string, { to: string; reason: string; count: number }>();
  for (const { to, error } of dead) {
    const reason = error instanceof Error ? error.message : String(error);
    const key = `${to} ${reason.replaceAll(/\d+/g, "")}`;
    const row = rows.get(key) ?? { to, reason, count: 0 };
    row.count++;
    rows.set(key, row);
  }
  return [...rows.values()];
}

const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
};

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
