import {
  ERROR_CODES,
  errorName,
  MESSAGES,
  type RequestInput,
  type ResponseOf,
} from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "./client.ts";

type JoinInput = RequestInput<typeof MESSAGES.joinGroup>;
export type Joined = ResponseOf<typeof MESSAGES.joinGroup>;

/** A JoinGroup of version 9 as consumers send it, but for what a test is about. */
export function joinGroup(
  client: WireClient,
  groupId: string,
  { version = 9, ...given }: Partial<JoinInput> & { readonly version?: number } = {},
): Promise<Joined> {
  return client.call(MESSAGES.joinGroup, version, {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId: "",
    protocolType: "consumer",
    protocols: [protocol("range")],
    ...given,
  });
}

/** Joins as somebody new, with the id that the broker gives. */
export async function joinNew(
  client: WireClient,
  groupId: string,
  given: Parameters<typeof joinGroup>[2] = {},
): Promise<Joined> {
  const { memberId } = await joinGroup(client, groupId, given);
  return joinGroup(client, groupId, { ...given, memberId });
}

export async function syncGroup(
  client: WireClient,
  groupId: string,
  { memberId, generationId }: Pick<Joined, "memberId" | "generationId">,
  { version = 5, ...given }: Partial<RequestInput<typeof MESSAGES.syncGroup>> & { readonly version?: number } = {},
) {
  return client.call(MESSAGES.syncGroup, version, {
    groupId,
    generationId,
    memberId,
    protocolType: "consumer",
    protocolName: "range",
    assignments: [],
    ...given,
  });
}

export async function heartbeatOf(
  client: WireClient,
  groupId: string,
  { memberId, generationId }: Pick<Joined, "memberId" | "generationId">,
  groupInstanceId: string | null = null,
) {
  const answer = await client.call(MESSAGES.heartbeat, 4, { groupId, memberId, generationId, groupInstanceId });
  return nameOf(answer);
}

/** A group of one member that has its assignment. */
export async function stableGroup(
  client: WireClient,
  groupId: string,
  given: Parameters<typeof joinGroup>[2] = {},
): Promise<Joined> {
  const joined = given.groupInstanceId
    ? await joinGroup(client, groupId, given)
    : await joinNew(client, groupId, given);
  const { memberId, protocolName, protocolType } = joined;
  const assignments = [{ memberId, assignment: Buffer.from(`for ${memberId}`) }];
  await syncGroup(client, groupId, joined, { assignments, protocolName, protocolType });
  return joined;
}

/** A way of sharing out, with a subscription to these topics. */
export const protocol = (name: string, ...topics: readonly string[]) => ({ name, metadata: subscription(topics) });

/** What consumers say of themselves, in its first version. */
export function subscription(topics: readonly string[]): Buffer {
  const names = topics.map((topic) => Buffer.from(topic));
  const head = Buffer.alloc(6);
  head.writeInt32BE(names.length, 2);
  const lengths = names.map((name) => {
    const length = Buffer.alloc(2);
    length.writeInt16BE(name.length);
    return Buffer.concat([length, name]);
  });
  const noUserData = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([head, ...lengths, noUserData]);
}

/** An answer's error by name. */
export const nameOf = ({ errorCode }: { readonly errorCode: number }): string =>
  errorName(errorCode) ?? `error ${errorCode}`;

export const code = (name: keyof typeof ERROR_CODES): number => ERROR_CODES[name];
