import type { Emit } from "../events.ts";
import { readConfigs } from "./configs/index.ts";
import { openFaults } from "./faults/index.ts";
import { openGroups } from "./groups/index.ts";
import type { Limits } from "./limits.ts";
import { type Files, holdsRecords, openLog, openTable } from "./log/index.ts";
import type { Nodes } from "./nodes.ts";
import type { Parts } from "./parts.ts";
import { openUsers, type User } from "./sasl/index.ts";
import { newTopicId, openTopics } from "./topics.ts";
import { openTransactions } from "./transactions/index.ts";

export interface PartsOptions {
  readonly files: Files;
  readonly nodes: Nodes;
  readonly users: readonly User[] | undefined;
  readonly autoCreateTopics: boolean;
  readonly limits: Limits;
  /** Ends connections of a node, or all, as a crash would. */
  disconnect(nodeId?: number): void;
  readonly now: () => number;
  readonly emit: Emit;
}

/** Where the logs are: a folder for each topic, named by its id, and in it one for each partition. */
const LOGS = "topics";

/** Opens every room of the broker on what the files hold, each with the rooms that it needs. */
export function openParts({
  files,
  nodes,
  users,
  autoCreateTopics,
  limits,
  disconnect,
  now,
  emit,
}: PartsOptions): Parts {
  const cluster = openTable(files, "cluster.table");
  const topics = openTopics({
    table: cluster,
    nodeIds: nodes.all.map(({ id }) => id),
    topicsMax: limits.topics,
    partitionsMax: limits.partitions,
    settingsOf: readConfigs,
    openLog: (folder, settings) =>
      openLog(files, `${LOGS}/${folder}`, settings, {
        now: now(),
        onLoss: (loss) => emit("broker.log.damaged", { folder: `${LOGS}/${folder}`, ...loss }),
      }),
    remove: (folder) => files.remove(`${LOGS}/${folder}`),
    folders: () => files.list(LOGS),
    holdsRecords: (folder) => holdsRecords(files, `${LOGS}/${folder}`),
  });
  const groups = openGroups({
    table: openTable(files, "groups.table"),
    topics,
    now,
    emit,
    settings: { groupsMax: limits.groups },
  });
  const transactions = openTransactions({
    table: openTable(files, "transactions.table"),
    topics,
    groups,
    transactionsMax: limits.transactions,
    now,
    emit,
  });
  return {
    clusterId: clusterIdIn(cluster),
    now,
    limits,
    autoCreateTopics,
    files,
    nodes,
    topics,
    groups,
    transactions,
    users: openUsers(users),
    faults: openFaults({ topics, groups, disconnect }),
    emit,
  };
}

const CLUSTER_ID = "cluster id";

/** The cluster's id is made once and stays. */
function clusterIdIn(table: ReturnType<typeof openTable>): string {
  const kept = table.entries.get(CLUSTER_ID);
  if (typeof kept === "string") return kept;
  const made = newTopicId();
  table.change([[CLUSTER_ID, made]]);
  return made;
}
