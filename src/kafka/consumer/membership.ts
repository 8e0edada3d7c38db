import type { Cluster } from "../cluster.ts";
import { assertSuccess, errorOf, KafkaError, kindOf } from "../errors.ts";
import {
  type Assignment,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  STRATEGIES,
  topicsOf,
} from "./assignment.ts";
import type { Coordinator } from "./coordinator.ts";

/** One life of the group between two rebalances, as one member sees it. */
export interface Generation {
  readonly generationId: number;
  readonly memberId: string;
  readonly assignment: Assignment;
  /** Partitions by topic that the leader divided; undefined for all others, who do not watch them. */
  readonly divided: ReadonlyMap<string, number> | undefined;
}

export interface MembershipOptions {
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** On top of what the group may take for a rebalance. */
const ANSWER_MARGIN_MS = 5_000;

/** This process as a member of the group: joins, divides the partitions where it is the leader, and leaves. */
export class Membership {
  readonly #cluster: Cluster;
  readonly #coordinator: Coordinator;
  readonly #options: MembershipOptions;
  #memberId = "";

  constructor(cluster: Cluster, coordinator: Coordinator, options: MembershipOptions) {
    this.#cluster = cluster;
    this.#coordinator = coordinator;
    this.#options = options;
  }

  get memberId(): string {
    return this.#memberId;
  }

  /**
   * Joins and waits for the share of partitions: one attempt.
   * @throws KafkaError
   */
  async join(): Promise<Generation> {
    try {
      return await this.#joinAndSync();
    } catch (error) {
      this.heard(error);
      throw error;
    }
  }

  /**
   * Forgets the member id where the group does not know it. After any other error it is kept: joining under a new one
   * would leave the old member behind, for which every rebalance then waits until its session ends.
   */
  heard(error: unknown): void {
    if (!(error instanceof KafkaError)) return;
    if (error.kind === "UNKNOWN_MEMBER_ID" || error.kind === "FENCED_INSTANCE_ID") this.#memberId = "";
  }

  /**
   * Leaves the group, so that the others need not wait for the session to end. Goes over the control lane: while a
   * join waits for other members, the broker reads nothing else from the lane of the group.
   * @throws KafkaError
   */
  async leave(timeoutMs: number): Promise<void> {
    const memberId = this.#memberId;
    if (memberId === "") return;
    const { group } = this.#coordinator;
    const fields = { groupId: group, memberId };
    const { members } = await this.#coordinator.call("LeaveGroup", fields, { lane: "control", timeoutMs });
    assertSuccess(members?.[0]?.errorCode ?? 0, "LeaveGroup");
    this.#memberId = "";
  }

  async #joinAndSync(): Promise<Generation> {
    const joined = await this.#join();
    const { generationId, memberId, leaderId } = joined;
    const plan = leaderId === memberId ? await this.#divide(joined) : undefined;
    const { memberAssignment } = await this.#coordinator.call(
      "SyncGroup",
      { groupId: this.#coordinator.group, generationId, memberId, groupAssignment: plan?.shares ?? [] },
      { timeoutMs: this.#options.rebalanceTimeoutMs + ANSWER_MARGIN_MS },
    );
    return { generationId, memberId, assignment: decodeAssignment(memberAssignment), divided: plan?.divided };
  }

  async #join(): Promise<Joined> {
    const { topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const metadata = encodeSubscription(topics);
    // Once for the member id that a new member is given (KIP-394), once with it.
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#coordinator.call(
        "JoinGroup",
        {
          groupId: this.#coordinator.group,
          sessionTimeout: sessionTimeoutMs,
          rebalanceTimeout: rebalanceTimeoutMs,
          memberId: this.#memberId,
          protocolType: "consumer",
          groupProtocols: [...STRATEGIES.keys()].map((name) => ({ name, metadata })),
        },
        { timeoutMs: rebalanceTimeoutMs + ANSWER_MARGIN_MS },
      );
      const kind = kindOf(answer.errorCode);
      if (kind === undefined || kind === "MEMBER_ID_REQUIRED") this.#memberId = answer.memberId;
      if (kind === undefined) return answer;
      if (kind !== "MEMBER_ID_REQUIRED" || attempt > 1) {
        this.#coordinator.heard(kind);
        throw errorOf(answer.errorCode, `JoinGroup of ${this.#coordinator.group}`);
      }
    }
  }

  /** Only the leader does this: everybody's share, from everybody's topics. */
  async #divide({ groupProtocol, members }: Joined) {
    const strategy = STRATEGIES.get(groupProtocol);
    if (strategy === undefined) {
      throw new KafkaError("INCONSISTENT_GROUP_PROTOCOL", `the group chose ${groupProtocol}, which was not offered`);
    }
    const subscriptions = members.map(({ memberId, memberMetadata }) => decodeSubscription(memberId, memberMetadata));
    const topics = topicsOf(subscriptions);
    await this.#cluster.refresh(topics);
    const divided = new Map(topics.map((topic) => [topic, partitionsOf(this.#cluster, topic)]));
    const shares = strategy(subscriptions, divided);
    return {
      divided,
      shares: members.map(({ memberId }) => ({
        memberId,
        memberAssignment: encodeAssignment(shares.get(memberId) ?? new Map()),
      })),
    };
  }
}

interface Joined {
  readonly generationId: number;
  readonly groupProtocol: string;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { memberId: string; memberMetadata: Buffer }[];
}

/** A topic that does not exist has none; it may be created later. */
export function partitionsOf(cluster: Cluster, topic: string): number {
  return cluster.topic(topic)?.partitions.length ?? 0;
}
