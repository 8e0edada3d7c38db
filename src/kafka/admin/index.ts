import { Cluster } from "../cluster.ts";
import type { KafkaSettings } from "../settings.ts";
import { describeGroup, groupLag, listGroups, topicOffsets } from "./groups.ts";
import { lastRecords } from "./last-records.ts";
import { applyTopics, describeTopics, planTopics } from "./topics.ts";
import type { Admin } from "./types.ts";

export type * from "./types.ts";

/**
 * Opens connections for looking after topics and groups.
 * @throws KafkaError UNAVAILABLE where no broker answers, or a kind of SASL
 */
export async function openAdmin(settings: KafkaSettings): Promise<Admin> {
  const cluster = new Cluster(settings);
  try {
    await cluster.connect();
  } catch (error) {
    cluster.close();
    throw error;
  }
  return {
    ping: () => cluster.refresh([]),
    topics: (names) => describeTopics(cluster, names ?? "all"),
    planTopics: (specs) => planTopics(cluster, specs),
    applyTopics: (plan, onStep) => applyTopics(cluster, plan, onStep),
    groups: () => listGroups(cluster),
    describeGroup: (group) => describeGroup(cluster, group),
    lag: (group, topics = []) => groupLag(cluster, group, topics),
    topicOffsets: (topics) => topicOffsets(cluster, topics),
    lastRecords: (topic, count) => lastRecords(cluster, topic, count),
    close: async () => cluster.close(),
  };
}
