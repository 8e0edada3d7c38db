import { SETTINGS } from "../../config.ts";
import { freePort } from "./free-port.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The environment of everything that the demo starts: free ports, so that it is in nobody's way, and none of the
 * caller's own settings, which may well name a cluster in production.
 */
export async function demoEnvironment(given: Env): Promise<Env> {
  const ours = new Set<string>(Object.values<{ variable: string }>(SETTINGS).map(({ variable }) => variable));
  const kept = Object.entries(given).filter(([name]) => !ours.has(name));
  const [kafka, registry, postgres] = await Promise.all([freePort(), freePort(), freePort()]);
  return {
    ...Object.fromEntries(kept),
    KAFKA_PORT: String(kafka),
    REGISTRY_PORT: String(registry),
    POSTGRES_PORT: String(postgres),
    KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${kafka}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry}${given.REGISTRY_PATH ?? ""}`,
    DATABASE_URL: `postgres://sluice:sluice@127.0.0.1:${postgres}/sluice`,
    HTTP_HOST: "127.0.0.1",
    HTTP_PORT: "0",
    OPS_PORT: "0",
  };
}
