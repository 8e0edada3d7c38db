import { type MortalKafka, startMortalBroker } from "./embedded.ts";

export type { MortalKafka } from "./embedded.ts";

/** A Kafka of the kind that this run has, for a test that takes it away. */
export async function startMortal(): Promise<MortalKafka> {
  if (process.env.SLUICE_TEST_CLUSTER !== "docker") return startMortalBroker();
  const { startMortalKafka } = await import("./containers.ts");
  return startMortalKafka();
}
