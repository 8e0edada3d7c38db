import { plural } from "../../avro/index.ts";
import type { Dev } from "./open-dev.ts";

export interface BannerOptions {
  readonly dev: Pick<Dev, "api" | "kafka" | "registry" | "catalog" | "schemasBroken" | "workers">;
  readonly readyMs: number;
  readonly schemasDir: string;
  readonly workersDir: string;
  readonly dataDir: string | undefined;
  /** Whether workers were to run at all. */
  readonly workers: boolean;
  /** Sentences about ports that had to move. */
  readonly moved: readonly string[];
  /** Whether keys are read. */
  readonly keys: boolean;
}

/** What there is and where, as aligned lines. */
export function bannerText(options: BannerOptions): string {
  const { dev, readyMs, dataDir, moved, keys } = options;
  const rows: (readonly [string, string])[] = [
    ["API", dev.api],
    ["OpenAPI", `${dev.api}/openapi`],
    ["Kafka", dev.kafka],
    ["Registry", dev.registry],
    ["Storage", dataDir ?? "in memory, lost on exit; --data .sluice keeps it"],
    ["Topics", topicsText(options)],
    ["Workers", workersText(options)],
    ...opsRows(options),
    ...moved.map((sentence) => ["Ports", sentence] as const),
    ...(keys ? [["Keys", "q quit, r restart the workers, c clear"] as const] : []),
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`);
  return [`sluice dev: ready in ${Math.round(readyMs)} ms`, "", ...lines, "", ...beginnings(options)].join("\n");
}

function topicsText({ dev: { catalog, schemasBroken }, schemasDir }: BannerOptions): string {
  return listed(
    catalog.topics.map(({ topic }) => topic),
    schemasBroken
      ? `none; ${schemasDir}/ cannot be used as it is, see below`
      : `none; ${schemasDir}/ has no schemas yet`,
  );
}

function workersText({ dev, workers, workersDir }: BannerOptions): string {
  if (!workers) return "not started: --no-workers";
  const names = dev.workers.map(({ name }) => name).sort((one, other) => one.localeCompare(other));
  return listed(names, `none; ${workersDir}/ has none that runs`);
}

function opsRows({ dev: { workers } }: BannerOptions): [string, string][] {
  if (workers.length === 0) return [];
  const urls = listed(
    workers.map(({ opsUrl }) => `${opsUrl}/metrics`),
    "",
  );
  return [["Metrics", `${urls} (and /health/ready)`]];
}

const NAMES_SHOWN_MAX = 6;

function listed(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const rest = names.length - NAMES_SHOWN_MAX;
  return `${names.slice(0, NAMES_SHOWN_MAX).join(", ")}${rest > 0 ? ` and ${plural(rest, "other")}` : ""}`;
}

/**
 * Where there is nothing yet: what to type. Nothing is made without being asked for. The commands begin their lines, as
 * what they write begins the files' lines: `lint` and `fmt --check` have nothing to say of it.
 */
function beginnings({ dev: { api, catalog, schemasBroken }, schemasDir }: BannerOptions): string[] {
  if (catalog.topics.length > 0 || schemasBroken) return [];
  const dir = `${schemasDir}/shop.order.placed`;
  return [
    "  To begin, in another terminal; it is served as soon as it is saved:",
    "",
    `mkdir -p ${dir}`,
    `echo '${FIRST_TOPIC}' > ${dir}/topic.yaml`,
    `echo '${FIRST_SCHEMA}' > ${dir}/v1.avsc`,
    `curl ${api}/topics/shop.order.placed.v1/events -H 'content-type: application/json' -d '{"order_id":"ord-1"}'`,
    "",
  ];
}

const FIRST_TOPIC = `key: order_id
description: A customer placed an order.
owner: shop`;

const FIRST_SCHEMA = `{
  "type": "record",
  "name": "OrderPlaced",
  "namespace": "shop",
  "doc": "A customer placed an order.",
  "fields": [
    {
      "name": "order_id",
      "type": "string",
      "doc": "The order."
    }
  ]
}`;
