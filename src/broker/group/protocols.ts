import { metadataOf } from "./members.ts";
import type { ClassicGroup, Member, Protocol } from "./state.ts";

/** What consumers call themselves; only of these a coordinator knows which topics they read. */
export const CONSUMER_PROTOCOL_TYPE = "consumer";

/** Whether somebody who speaks these can be a member beside those that are there. */
export function supportsProtocols(group: ClassicGroup, protocolType: string, protocols: readonly Protocol[]): boolean {
  if (group.state === "empty") return protocolType !== "" && protocols.length > 0;
  const members = [...group.members.values()];
  return group.protocolType === protocolType && protocols.some(({ name }) => members.every(speaks(name)));
}

/** The protocol that most members like best, of those that all of them speak. */
export function selectProtocol(group: ClassicGroup): string {
  const members = [...group.members.values()];
  const [first] = members;
  const spoken = new Set(first?.protocols.map(({ name }) => name).filter((name) => members.every(speaks(name))));
  const votes = new Map<string, number>();
  for (const { protocols } of members) {
    const vote = protocols.find(({ name }) => spoken.has(name));
    if (vote) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1);
  }
  const [winner] = [...votes].toSorted(([, one], [, other]) => other - one);
  if (!winner) throw new Error(`the members of group ${group.id} have no protocol in common`);
  return winner[0];
}

/** The topics that the members' subscriptions name; undefined where the group is not one of consumers, or not readable. */
export function topicsOf(group: ClassicGroup): ReadonlySet<string> | undefined {
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) return undefined;
  const topics = new Set<string>();
  for (const member of group.members.values()) {
    const subscribed = subscription(metadataOf(member, group.protocolName));
    if (!subscribed) return undefined;
    for (const topic of subscribed) topics.add(topic);
  }
  return topics;
}

/** Whether a group's offsets in a topic are in use. Of consumers that cannot be understood, all topics are. */
export const isSubscribedTo = ({ subscribedTopics, protocolType }: ClassicGroup, topic: string): boolean =>
  subscribedTopics?.has(topic) ?? protocolType === CONSUMER_PROTOCOL_TYPE;

const speaks =
  (name: string) =>
  ({ protocols }: Member): boolean =>
    protocols.some((protocol) => protocol.name === name);

/** Every version of a consumer's subscription begins with the version and the topics' names; the rest is not our business. */
function subscription(metadata: Buffer): readonly string[] | undefined {
  const topics: string[] = [];
  if (metadata.length < 6) return undefined;
  let at = 6;
  for (let left = metadata.readInt32BE(2); left > 0; left--) {
    if (at + 2 > metadata.length) return undefined;
    const length = metadata.readInt16BE(at);
    at += 2;
    if (length < 0 || at + length > metadata.length) return undefined;
    topics.push(metadata.toString("utf8", at, at + length));
    at += length;
  }
  return topics;
}
