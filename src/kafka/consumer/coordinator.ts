import type { Calls } from "../calls.ts";
import type { Cluster, RequestOptions } from "../cluster.ts";
import type { WireRequest } from "../connection.ts";
import { KafkaError, type KafkaErrorKind } from "../errors.ts";

/** The broker that coordinates the group has changed or is away; another, or the same one later, will answer. */
const ELSEWHERE: ReadonlySet<KafkaErrorKind> = new Set([
  "NOT_COORDINATOR",
  "COORDINATOR_NOT_AVAILABLE",
  "UNAVAILABLE",
  "DISCONNECTED",
  "TIMEOUT",
  "MALFORMED_ANSWER",
] as const);

/** The group goes on without us: whoever gets this joins anew. */
const FENCED: ReadonlySet<KafkaErrorKind> = new Set([
  "UNKNOWN_MEMBER_ID",
  "ILLEGAL_GENERATION",
  "FENCED_INSTANCE_ID",
] as const);

/** Nothing but an operator's hand will help. */
const HOPELESS: ReadonlySet<KafkaErrorKind> = new Set([
  "GROUP_AUTHORIZATION_FAILED",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "INVALID_GROUP_ID",
  "INVALID_SESSION_TIMEOUT",
  "INVALID_TOPIC_EXCEPTION",
  "UNSUPPORTED_VERSION",
  "UNSUPPORTED_SASL_MECHANISM",
  "SASL_AUTHENTICATION_FAILED",
  "INVALID_OPTION",
  "CLOSED",
] as const);

export const isFenced = (error: KafkaError): boolean => FENCED.has(error.kind);
export const isHopeless = (error: KafkaError): boolean => HOPELESS.has(error.kind);

/** The broker that coordinates one group, found when first needed and again after it moved. */
export class Coordinator {
  readonly group: string;
  readonly #cluster: Cluster;
  #nodeId: number | undefined;

  constructor(cluster: Cluster, group: string) {
    this.#cluster = cluster;
    this.group = group;
  }

  /**
   * Sends one request to the coordinator. Does not try again: what an error means differs from request to request.
   * @throws KafkaError
   */
  async call<Name extends keyof Calls>(
    name: Name,
    fields: Calls[Name][0],
    options: RequestOptions = {},
  ): Promise<Calls[Name][1]> {
    return await this.#at((nodeId) => this.#cluster.call(nodeId, name, fields, options));
  }

  /** Sends a request that kafkajs does not have. */
  async send<Answer>(request: WireRequest<Answer>, options: RequestOptions = {}): Promise<Answer> {
    return await this.#at((nodeId) => this.#cluster.send(nodeId, request, options));
  }

  /** Tells what an answer said: after some errors the coordinator is looked for again. */
  heard(kind: KafkaErrorKind): void {
    if (ELSEWHERE.has(kind)) this.#nodeId = undefined;
  }

  async #at<Answer>(ask: (nodeId: number) => Promise<Answer>): Promise<Answer> {
    try {
      this.#nodeId ??= await this.#find();
      return await ask(this.#nodeId);
    } catch (error) {
      if (error instanceof KafkaError) this.heard(error.kind);
      throw error;
    }
  }

  async #find(): Promise<number> {
    const { coordinator } = await this.#cluster.call("any", "GroupCoordinator", {
      groupId: this.group,
      coordinatorType: 0,
    });
    const { nodeId } = coordinator;
    // A broker that has just joined the cluster is not in what we know of it.
    if (!this.#cluster.nodes().some((node) => node.nodeId === nodeId)) await this.#cluster.refresh([]);
    return nodeId;
  }
}
