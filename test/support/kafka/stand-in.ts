import { createServer, type Server, type Socket } from "node:net";
import { WireReader, WireWriter } from "../../../src/kafka/wire.ts";
import { type BatchHeader, headerOf, PartitionLog, type StoredRecord } from "./partition-log.ts";

/** A batch on its way into a broker. */
export interface IncomingBatch extends BatchHeader {
  readonly nodeId: number;
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
  /** How many batches came before this one, from whomever to wherever. */
  readonly index: number;
}

/** What happens to a batch instead of being stored and answered. */
export interface Fault {
  /** Whether it is stored all the same. */
  readonly stored: boolean;
  /**
   * A number: the partition is answered with that error. `leave out`: the answer does not name the partition.
   * `no offset`: success with offset -1. `hang`: the request is never answered. `close`: the connection is closed.
   */
  readonly answer: number | "leave out" | "no offset" | "hang" | "close";
}

export interface StandInOptions {
  readonly brokers?: number;
  /** Topic name to the leader of each partition. */
  readonly topics: Readonly<Record<string, readonly number[]>>;
  /** Leader -1 and LEADER_NOT_AVAILABLE as Apache Kafka answers; or the partition is left out of the metadata. */
  readonly leaderless?: "no leader" | "left out";
}

const NOT_LEADER_OR_FOLLOWER = 6;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const LEADER_NOT_AVAILABLE = 5;

/** The APIs that a producer needs: key, lowest and highest version. */
const APIS = [
  [0, 3, 7],
  [3, 5, 7],
  [18, 0, 2],
  [22, 0, 1],
] as const;

/**
 * Several Kafka brokers in this process, as a producer sees them: metadata, producer ids, and logs that check sequence
 * numbers as Apache Kafka does. Faults are put in where a real broker has them: one partition moves, an answer is lost
 * after the write, a broker falls silent.
 */
export class StandIn implements AsyncDisposable {
  readonly #brokers: Broker[] = [];
  readonly #topics = new Map<string, PartitionLog[]>();
  readonly #leaderless: "no leader" | "left out";
  #producerIds = 0n;
  #batches = 0;
  /** Decides what happens to each batch; undefined lets it pass. */
  onBatch: (batch: IncomingBatch) => Fault | undefined = () => undefined;
  /** Called for each metadata request, before it is answered. */
  onMetadata: (nodeId: number) => void = () => {};

  static async start(options: StandInOptions): Promise<StandIn> {
    const cluster = new StandIn(options);
    await Promise.all(cluster.#brokers.map((broker) => broker.listen()));
    return cluster;
  }

  private constructor({ brokers = 1, topics, leaderless = "no leader" }: StandInOptions) {
    this.#leaderless = leaderless;
    for (let nodeId = 1; nodeId <= brokers; nodeId++) {
      this.#brokers.push(new Broker(nodeId, (...request) => this.#handle(nodeId, ...request)));
    }
    for (const [topic, leaders] of Object.entries(topics)) this.createTopic(topic, leaders);
  }

  /** Addresses to begin with. */
  get bootstrapServers(): string[] {
    return this.#brokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  createTopic(topic: string, leaders: readonly number[]): void {
    this.#topics.set(
      topic,
      leaders.map((leader) => new PartitionLog(leader)),
    );
  }

  deleteTopic(topic: string): void {
    this.#topics.delete(topic);
  }

  log(topic: string, partition: number): PartitionLog {
    const log = this.#topics.get(topic)?.[partition];
    if (log === undefined) throw new Error(`no ${topic}-${partition}`);
    return log;
  }

  /** Everything stored in a topic, partition by partition. */
  async records(topic: string): Promise<(StoredRecord & { partition: number })[]> {
    const logs = this.#topics.get(topic) ?? [];
    const perPartition = await Promise.all(
      logs.map(async (log, partition) => (await log.records()).map((record) => ({ ...record, partition }))),
    );
    return perPartition.flat();
  }

  /** Makes another broker the leader; -1 leaves the partition without one. */
  moveLeader(topic: string, partition: number, leader: number): void {
    const log = this.log(topic, partition);
    log.leader = leader;
    log.leaderEpoch++;
  }

  /** The broker takes connections and bytes, and answers nothing, as a paused process. `resume` handles what came. */
  pause(nodeId: number): void {
    this.broker(nodeId).pause();
  }

  resume(nodeId: number): void {
    this.broker(nodeId).resume();
  }

  /** The broker is gone: its connections break, new ones are refused. */
  async stop(nodeId: number): Promise<void> {
    await this.broker(nodeId).close();
  }

  /** The broker is back on its old port. */
  async restart(nodeId: number): Promise<void> {
    await this.broker(nodeId).listen();
  }

  broker(nodeId: number): Broker {
    const broker = this.#brokers[nodeId - 1];
    if (broker === undefined) throw new Error(`no broker ${nodeId}`);
    return broker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.close()));
  }

  #handle(nodeId: number, apiKey: number, version: number, from: WireReader): Answer {
    switch (apiKey) {
      case 0:
        return this.#produce(nodeId, from);
      case 3:
        this.onMetadata(nodeId);
        return this.#metadata(version, from);
      case 18:
        return apiVersions(version);
      case 22:
        return new WireWriter()
          .int32(0)
          .int16(0)
          .int64(this.#producerIds++)
          .int16(0)
          .done();
      default:
        throw new Error(`api ${apiKey} is not stood in for`);
    }
  }

  #metadata(version: number, from: WireReader): Buffer {
    const wanted = from.int32();
    const names = wanted === -1 ? [...this.#topics.keys()] : Array.from({ length: wanted }, () => from.string());
    const answer = new WireWriter().int32(0);
    const alive = this.#brokers.filter(({ listening }) => listening);
    answer.array(alive, ({ nodeId, port }) =>
      answer.int32(nodeId).string("127.0.0.1").int32(port).nullableString(null),
    );
    answer.nullableString("stand-in").int32(alive[0]?.nodeId ?? -1);
    answer.array(names, (name) => {
      const logs = this.#topics.get(name);
      answer
        .int16(logs === undefined ? UNKNOWN_TOPIC_OR_PARTITION : 0)
        .string(name)
        .boolean(false);
      const shown = [...(logs ?? []).entries()].filter(
        ([, { leader }]) => leader !== -1 || this.#leaderless !== "left out",
      );
      answer.array(shown, ([partition, { leader, leaderEpoch }]) => {
        answer
          .int16(leader === -1 ? LEADER_NOT_AVAILABLE : 0)
          .int32(partition)
          .int32(leader);
        if (version >= 7) answer.int32(leaderEpoch);
        const replicas = this.#brokers.map(({ nodeId }) => nodeId);
        for (const list of [replicas, replicas, []]) answer.array(list, (id) => answer.int32(id));
      });
    });
    return answer.done();
  }

  #produce(nodeId: number, from: WireReader): Answer {
    from.nullableString(); // transactional_id
    from.int16(); // acks
    from.int32(); // timeout
    let whole: "hang" | "close" | undefined;
    const topics = from.array(() => {
      const topic = from.string();
      const partitions = from.array(() => {
        const partition = from.int32();
        const outcome = this.#produceBatch(nodeId, topic, partition, from.nullableBytes() ?? Buffer.alloc(0));
        if (outcome === "hang" || outcome === "close") whole ??= outcome;
        return { partition, outcome };
      });
      return { topic, partitions };
    });
    if (whole !== undefined) return whole;
    const answer = new WireWriter();
    answer.array(topics, ({ topic, partitions }) => {
      const named = partitions.filter(({ outcome }) => outcome !== "leave out");
      answer.string(topic).array(named, ({ partition, outcome }) => {
        const { error, baseOffset } = typeof outcome === "object" ? outcome : { error: 0, baseOffset: -1n };
        answer.int32(partition).int16(error).int64(baseOffset).int64(-1n).int64(0n);
      });
    });
    return answer.int32(0).done();
  }

  #produceBatch(nodeId: number, topic: string, partition: number, bytes: Buffer) {
    const batch = { ...headerOf(bytes), nodeId, topic, partition, bytes, index: this.#batches++ };
    const fault = this.onBatch(batch);
    const result = fault?.stored === false ? { baseOffset: -1n } : this.#append(batch);
    if (fault === undefined) return { error: 0, baseOffset: -1n, ...result };
    // With an error that came after the append Apache Kafka names the offset all the same.
    if (typeof fault.answer === "number") return { error: fault.answer, baseOffset: -1n, ...offsetOf(result) };
    return fault.answer;
  }

  #append({ nodeId, topic, partition, bytes }: IncomingBatch) {
    const log = this.#topics.get(topic)?.[partition];
    if (log === undefined) return { error: UNKNOWN_TOPIC_OR_PARTITION };
    return log.leader === nodeId ? log.append(Buffer.from(bytes)) : { error: NOT_LEADER_OR_FOLLOWER };
  }
}

const offsetOf = (result: { baseOffset: bigint } | { error: number }) =>
  "baseOffset" in result ? { baseOffset: result.baseOffset } : {};

type Answer = Buffer | "hang" | "close";

/** One broker's port: cuts frames, answers a connection's requests in turn. */
class Broker {
  readonly nodeId: number;
  readonly #handle: (apiKey: number, version: number, from: WireReader) => Answer;
  readonly #sockets = new Map<Socket, Buffer>();
  #server: Server | undefined;
  #paused: boolean = false;
  port = 0;

  constructor(nodeId: number, handle: (apiKey: number, version: number, from: WireReader) => Answer) {
    this.nodeId = nodeId;
    this.#handle = handle;
  }

  get listening(): boolean {
    return this.#server !== undefined;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    const listening = Promise.withResolvers<void>();
    server.once("error", listening.reject).listen(this.port, "127.0.0.1", listening.resolve);
    await listening.promise;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("not a TCP port");
    this.port = address.port;
    this.#server = server;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const socket of this.#sockets.keys()) this.#drain(socket);
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed.promise;
  }

  #accept(socket: Socket): void {
    this.#sockets.set(socket, Buffer.alloc(0));
    socket.on("data", (chunk: Buffer) => {
      this.#sockets.set(socket, Buffer.concat([this.#sockets.get(socket) ?? Buffer.alloc(0), chunk]));
      if (!this.#paused) this.#drain(socket);
    });
    socket.on("error", () => socket.destroy()); // The client went away; `close` follows.
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #drain(socket: Socket): void {
    for (;;) {
      const held = this.#sockets.get(socket);
      if (held === undefined || held.length < 4 || held.length < 4 + held.readInt32BE(0)) return;
      const end = 4 + held.readInt32BE(0);
      this.#sockets.set(socket, held.subarray(end));
      const from = new WireReader(held.subarray(4, end));
      const apiKey = from.int16();
      const version = from.int16();
      const correlationId = from.int32();
      from.nullableString(); // client_id
      const answer = this.#handle(apiKey, version, from);
      if (answer === "close") {
        socket.destroy();
        return;
      }
      if (typeof answer === "string") continue;
      const head = new WireWriter().int32(4 + answer.length).int32(correlationId);
      socket.write(head.raw(answer).done());
    }
  }
}

function apiVersions(version: number): Buffer {
  const answer = new WireWriter().int16(0);
  answer.array(APIS, ([key, lowest, highest]) => answer.int16(key).int16(lowest).int16(highest));
  if (version >= 1) answer.int32(0);
  return answer.done();
}
