import type { Cluster } from "../cluster.ts";
import { decodeAssignment } from "../consumer/assignment.ts";
import { Coordinator } from "../consumer/coordinator.ts";
import { assertSuccess, KafkaError } from "../errors.ts";
import { type LogEnd, listOffsets } from "../offsets.ts";
import { allCommittedRequest } from "./requests.ts";
import { retried } from "./retried.ts";
import { describeTopics } from "./topics.ts";
import type { GroupDescription, GroupLag, TopicOffsets } from "./types.ts";

const RETRIES_MS = 10_000;

/** Each broker knows the groups that it coordinates. */
export async function listGroups(cluster: Cluster): Promise<string[]> {
  await cluster.refresh([]);
  const answers = cluster
    .nodes()
    .map(({ nodeId }) => retried(() => cluster.call(nodeId, "ListGroups", {}), { timeoutMs: RETRIES_MS }));
  const groups = (await Promise.all(answers)).flatMap((answer) => answer.groups.map(({ groupId }) => groupId));
  return [...new Set(groups)].sort((one, other) => (one < other ? -1 : 1));
}

export async function describeGroup(cluster: Cluster, group: string): Promise<GroupDescription> {
  const coordinator = new Coordinator(cluster, group);
  const described = await retried(
    async () => {
      const answer = await coordinator.call("DescribeGroups", { groupIds: [group] });
      const [one] = answer.groups;
      if (one === undefined) throw new KafkaError("MALFORMED_ANSWER", `DescribeGroups does not name ${group}`);
      assertSuccess(one.errorCode, `DescribeGroups of ${group}`);
      return one;
    },
    { timeoutMs: RETRIES_MS },
  );
  return {
    group,
    state: described.state,
    protocol: described.protocol,
    members: described.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
      memberId,
      clientId,
      // Java's way to write an address that has no name.
      host: clientHost.replace(/^\//, ""),
      assignment: [...decodeAssignment(memberAssignment)].flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    })),
  };
}

export async function groupLag(cluster: Cluster, group: string, topics: readonly string[]): Promise<GroupLag[]> {
  const coordinator = new Coordinator(cluster, group);
  const committed = await retried(() => coordinator.send(allCommittedRequest(group)), { timeoutMs: RETRIES_MS });
  const names = new Set([...committed.map(({ topic }) => topic), ...topics]);
  const offsets = await topicOffsets(cluster, [...names]);
  const known = new Map(committed.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]));
  const named = new Set(topics);
  return offsets
    .map(({ topic, partition, earliest, end }) => {
      const position = known.get(`${topic}-${partition}`);
      const from = position ?? earliest;
      const behind = end === undefined || from === undefined ? undefined : end > from ? end - from : 0n;
      return { topic, partition, committed: position, earliest, end, lag: behind };
    })
    .filter((one) => one.committed !== undefined || named.has(one.topic));
}

/** Where the logs of these topics begin and end. Topics that do not exist are left out. */
export async function topicOffsets(cluster: Cluster, topics: readonly string[]): Promise<TopicOffsets[]> {
  await cluster.refresh(topics);
  const described = await describeTopics(cluster, topics);
  const partitions = described.flatMap(({ topic, partitions: count }) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  const [earliest, latest] = await Promise.all([
    ends(cluster, partitions, "earliest"),
    ends(cluster, partitions, "latest"),
  ]);
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    earliest: earliest.get(`${topic}-${partition}`),
    end: latest.get(`${topic}-${partition}`),
  }));
}

async function ends(
  cluster: Cluster,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
  which: LogEnd,
): Promise<ReadonlyMap<string, bigint>> {
  const listed = await listOffsets(cluster, partitions, which);
  return new Map(
    listed.flatMap(({ topic, partition, offset }) =>
      typeof offset === "bigint" ? [[`${topic}-${partition}`, offset] as const] : [],
    ),
  );
}
