import { type Calls, call, type FetchFields, fetchCall } from "./calls.ts";
import type { Connection, WireRequest } from "./connection.ts";
import { assertSuccess, KafkaError } from "./errors.ts";
import { type Lane, Links } from "./links.ts";
import { type ClusterMetadata, isBehind, metadataRequest, type Node, newerOf, type TopicMetadata } from "./metadata.ts";
import { type Address, addressOf, type KafkaSettings } from "./settings.ts";

export interface ClusterOptions {
  /** How long the TCP, TLS and SASL handshakes of one connection may take together. */
  readonly connectTimeoutMs?: number;
  /** How long one request may wait for its answer, where the caller does not say. */
  readonly requestTimeoutMs?: number;
  /** Called when a connection opens or breaks, and after each metadata answer. */
  readonly onChange?: () => void;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly lane?: Lane;
}

/** A broker by node id, or any that answers. */
export type Target = number | "any";

/** One metadata request in this time, however many callers want one; a few at once after a rest. */
const REFRESH_INTERVAL_MS = 100;
const REFRESH_BURST = 3;
/** An answer older than what we know is believed after this time: the topic was deleted and made anew. */
const BEHIND_MS_MAX = 5_000;
/** How long to wait for one broker's answer before another is asked as well. */
const HEDGE_MS = 500;

/** The brokers as this process sees them: their connections, and who leads which partition. */
export class Cluster {
  readonly #links: Links;
  readonly #seeds: readonly Address[];
  readonly #requestTimeoutMs: number;
  readonly #onChange: (() => void) | undefined;
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #wanted = new Set<string>();
  readonly #behindSince = new Map<string, number>();
  #nodes = new Map<number, Node>();
  #controllerId = -1;
  #refreshing: Promise<void> | undefined;
  #nextRefresh: Promise<void> | undefined;
  /** When the requests so far would have ended, had each taken its interval. */
  #refreshedUntil = 0;
  #reachable = false;

  constructor(settings: KafkaSettings, options: ClusterOptions = {}) {
    const { connectTimeoutMs = 3_000, requestTimeoutMs = 10_000, onChange } = options;
    if (settings.bootstrapServers.length === 0) throw new KafkaError("INVALID_OPTION", "no bootstrap servers");
    this.#seeds = settings.bootstrapServers.map(addressOf);
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#onChange = onChange;
    this.#links = new Links(settings, { connectTimeoutMs, onChange });
  }

  /**
   * Reaches any broker and learns the others.
   * @throws KafkaError UNAVAILABLE with what each bootstrap server said, or a kind of SASL.
   */
  async connect(): Promise<void> {
    await this.refresh([]);
  }

  /** Closes every connection at once; what is in flight ends with DISCONNECTED. Closing twice is a no-op. */
  close(): void {
    this.#links.close();
    this.#reachable = false;
  }

  /** Whether the last attempt to talk to any broker succeeded. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /** Whether any connection is open. */
  get connected(): boolean {
    return this.#links.connected;
  }

  nodes(): readonly Node[] {
    return [...this.#nodes.values()];
  }

  /** Node id of the controller; -1 where it is not known. */
  get controllerId(): number {
    return this.#controllerId;
  }

  /** What the last answers say of the topic; undefined where nobody asked yet. */
  topic(topic: string): TopicMetadata | undefined {
    return this.#topics.get(topic);
  }

  /** Node id of the partition's leader; -1 where there is none or it is not known. */
  leaderOf(topic: string, partition: number): number {
    return this.#topics.get(topic)?.partitions[partition]?.leader ?? -1;
  }

  /**
   * Asks for these topics and all asked for before. Callers at once share one request, and there is a pause between
   * two requests. A topic that does not exist is no error: its metadata says so.
   * @throws KafkaError where no broker answered.
   */
  refresh(topics: Iterable<string>): Promise<void> {
    for (const topic of topics) this.#wanted.add(topic);
    // A request that is on its way was written before this call: its answer may be of before the caller's reason.
    this.#nextRefresh ??= this.#refreshLater();
    return this.#nextRefresh;
  }

  /** Forgets a topic: it is no longer asked for. */
  forget(topic: string): void {
    this.#wanted.delete(topic);
    this.#topics.delete(topic);
  }

  /**
   * Sends one request and returns the answer.
   * @throws KafkaError UNAVAILABLE, UNSUPPORTED_VERSION or a kind of SASL where nothing was sent; DISCONNECTED, TIMEOUT
   * or MALFORMED_ANSWER where the broker may have acted on it.
   */
  async send<Answer>(target: Target, request: WireRequest<Answer>, options: RequestOptions = {}): Promise<Answer> {
    const { timeoutMs = this.#requestTimeoutMs, lane = "control" } = options;
    if (target === "any") return this.#sendToAny(request, timeoutMs);
    const node = this.#nodes.get(target);
    if (node === undefined) throw new KafkaError("UNAVAILABLE", `broker ${target} is not in the cluster's metadata`);
    return this.#sendTo(node, lane, request, timeoutMs);
  }

  /** A request that kafkajs writes and reads. Error numbers stay in the answer; those at its top are thrown. */
  async call<Name extends keyof Calls>(
    target: Target,
    name: Name,
    fields: Calls[Name][0],
    options: RequestOptions = {},
  ): Promise<Calls[Name][1]> {
    const answer = await this.send(target, call(name, fields), { lane: LANES[name] ?? "control", ...options });
    if ("errorCode" in answer && name !== "JoinGroup") assertSuccess(answer.errorCode, name);
    return answer;
  }

  /** A fetch whose answer the caller decodes. `timeoutMs` must leave room for `maxWaitTime`. */
  fetch<Answer>(
    nodeId: number,
    fields: FetchFields,
    decode: (payload: Buffer, version: number) => Answer,
    options: RequestOptions = {},
  ): Promise<Answer> {
    return this.send(nodeId, fetchCall(fields, decode), { lane: "fetch", ...options });
  }

  /** The open connection of a node's lane; undefined where there is none. `open` makes one. */
  connection(nodeId: number, lane: Lane): Connection | undefined {
    const node = this.#nodes.get(nodeId);
    return node && this.#links.get(node, lane);
  }

  /** @throws KafkaError UNAVAILABLE, CLOSED or a kind of SASL. */
  async open(nodeId: number, lane: Lane): Promise<Connection> {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) throw new KafkaError("UNAVAILABLE", `broker ${nodeId} is not in the cluster's metadata`);
    return await this.#links.open(node, lane);
  }

  async #refreshLater(): Promise<void> {
    await this.#refreshing?.catch(() => {}); // Its own callers hear of its failure.
    const now = performance.now();
    this.#refreshedUntil = Math.max(now, this.#refreshedUntil) + REFRESH_INTERVAL_MS;
    const waitMs = this.#refreshedUntil - now - REFRESH_BURST * REFRESH_INTERVAL_MS;
    if (waitMs > 0) await Bun.sleep(waitMs);
    this.#nextRefresh = undefined;
    this.#refreshing = this.#refresh();
    return await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    try {
      this.#learn(await this.#sendToAny(metadataRequest([...this.#wanted]), this.#requestTimeoutMs));
      this.#reachable = true;
    } catch (error) {
      this.#reachable = false;
      throw error;
    } finally {
      this.#onChange?.();
    }
  }

  #learn({ nodes, controllerId, topics }: ClusterMetadata): void {
    for (const told of topics) this.#learnTopic(told);
    this.#controllerId = controllerId;
    // A broker that has just started may know of nobody yet, not even of itself.
    if (nodes.length === 0) return;
    const before = this.#nodes;
    this.#nodes = new Map(nodes.map((node) => [node.nodeId, node]));
    for (const old of before.values()) {
      const now = this.#nodes.get(old.nodeId);
      // A broker that is down is left out of the answer; a connection to it is dead, or soon will be.
      if (now?.host !== old.host || now.port !== old.port) this.#links.drop(old);
    }
  }

  #learnTopic(told: TopicMetadata): void {
    const known = this.#topics.get(told.topic);
    if (!isBehind(told, known)) this.#behindSince.delete(told.topic);
    const since = this.#behindSince.getOrInsert(told.topic, performance.now());
    const believed = performance.now() - since > BEHIND_MS_MAX ? told : newerOf(known, told);
    this.#topics.set(told.topic, believed);
  }

  async #sendTo<Answer>(
    address: Address,
    lane: Lane,
    request: WireRequest<Answer>,
    timeoutMs: number,
  ): Promise<Answer> {
    const connection = await this.#links.open(address, lane);
    const answer = await connection.send(request, timeoutMs);
    this.#reachable = true;
    return answer;
  }

  /**
   * Asks one broker after another, each a moment after the one before, until the first answers: one that is paused
   * answers late or never. Only for requests that may be handled twice.
   */
  async #sendToAny<Answer>(request: WireRequest<Answer>, timeoutMs: number): Promise<Answer> {
    const errors: unknown[] = [];
    const deadline = performance.now() + timeoutMs;
    const attempts: Promise<{ answer: Answer } | undefined>[] = [];
    for (const address of this.#candidates()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      const attempt = this.#sendTo(address, "control", request, leftMs).then(
        (answer) => ({ answer }),
        (error: unknown) => {
          errors.push(error);
          return undefined;
        },
      );
      attempts.push(attempt);
      const first = await Promise.race([attempt, Bun.sleep(Math.min(HEDGE_MS, leftMs))]);
      if (first !== undefined) return first.answer;
    }
    for (const attempt of attempts) {
      const last = await attempt;
      if (last !== undefined) return last.answer;
    }
    throw this.#nobody(errors);
  }

  /** Those with an open connection first; else in random order, so that no broker serves all clients. */
  #candidates(): readonly Address[] {
    const known = shuffled(this.nodes());
    const open = (address: Address) => (this.#links.get(address, "control")?.busy === false ? 0 : 1);
    const addresses = [...known.toSorted((one, other) => open(one) - open(other)), ...shuffled(this.#seeds)];
    const names = new Set<string>();
    return addresses.filter(({ host, port }) => names.size < names.add(`${host}:${port}`).size);
  }

  #nobody(errors: readonly unknown[]): KafkaError {
    const kafka = errors.filter((error) => error instanceof KafkaError);
    const refused = kafka.find(({ retriable }) => !retriable);
    if (refused !== undefined) return refused;
    // Every one of them says UNAVAILABLE, or something near it: once is enough.
    const said = [...new Set(kafka.map(({ kind, message }) => message.replace(`${kind}: `, "")))].join("; ");
    return new KafkaError("UNAVAILABLE", `no broker answered: ${said || "none is known"}`, { cause: errors });
  }
}

/** Calls that the group's coordinator may keep waiting. */
const LANES: { readonly [Name in keyof Calls]?: Lane } = {
  JoinGroup: "group",
  SyncGroup: "group",
  Heartbeat: "group",
  LeaveGroup: "group",
  OffsetCommit: "group",
  OffsetFetch: "group",
};

function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const moved = order[last];
    const swapped = order[other];
    // Both indexes are inside the array; the check is for the compiler.
    if (moved !== undefined && swapped !== undefined) [order[last], order[other]] = [swapped, moved];
  }
  return order;
}
