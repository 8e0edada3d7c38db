import { type ErrorName, errorName, MESSAGES } from "../../../src/broker/protocol/index.ts";
import { until } from "../until.ts";
import { type BatchInput, batchesOf, batchOf, type StoredBatch } from "./batch.ts";
import type { WireClient } from "./client.ts";

/** Who writes, and under which epoch. */
export interface Identity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface Initialized extends Identity {
  readonly error: ErrorName;
}

export interface InitOptions {
  readonly version?: number;
  readonly timeoutMs?: number;
  /** The identity that the producer believes it has (KIP-360). */
  readonly was?: Identity;
}

export const nameOf = (code: number | undefined): ErrorName => {
  const name = code === undefined ? undefined : errorName(code);
  if (name === undefined) throw new Error(`no error has the code ${code}`);
  return name;
};

/** Asks for a producer id once, whatever the answer is. */
export async function tryInit(
  client: WireClient,
  transactionalId: string | null,
  { version = 4, timeoutMs = 60_000, was }: InitOptions = {},
): Promise<Initialized> {
  const { errorCode, producerId, producerEpoch } = await client.call(MESSAGES.initProducerId, version, {
    transactionalId,
    transactionTimeoutMs: timeoutMs,
    ...was,
  });
  return { error: nameOf(errorCode), producerId, producerEpoch };
}

/** Finds the coordinator, then asks for a producer id until the transaction before has been aborted. */
export async function init(client: WireClient, transactionalId: string, options: InitOptions = {}): Promise<Identity> {
  await until("the coordinator is there", async () => {
    const found = await client.call(MESSAGES.findCoordinator, 2, { key: transactionalId, keyType: TRANSACTION });
    return found.errorCode === 0;
  });
  const { producerId, producerEpoch } = await until("a producer id", async () => {
    const answer = await tryInit(client, transactionalId, options);
    if (answer.error === "NONE") return answer;
    if (!WAITING.has(answer.error)) throw new Error(`InitProducerId answers ${answer.error}`);
    return undefined;
  });
  return { producerId, producerEpoch };
}

/** Makes partitions of one topic part of the transaction; gives the error of each, in order. */
export async function addPartitions(
  client: WireClient,
  transactionalId: string,
  producer: Identity,
  topics: Readonly<Record<string, readonly number[]>>,
  version = 3,
): Promise<ErrorName[]> {
  const { resultsByTopicV3AndBelow } = await client.call(MESSAGES.addPartitionsToTxn, version, {
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: producer.producerId,
    v3AndBelowProducerEpoch: producer.producerEpoch,
    v3AndBelowTopics: Object.entries(topics).map(([name, partitions]) => ({ name, partitions })),
  });
  return resultsByTopicV3AndBelow.flatMap((topic) =>
    topic.resultsByPartition.map(({ partitionErrorCode }) => nameOf(partitionErrorCode)),
  );
}

/** Adds one partition, trying again while the transaction before is being completed. */
export async function addPartition(
  client: WireClient,
  transactionalId: string,
  producer: Identity,
  topic: string,
  partition = 0,
): Promise<void> {
  await until("the partition is part of the transaction", async () => {
    const [error] = await addPartitions(client, transactionalId, producer, { [topic]: [partition] });
    if (error !== "NONE" && error !== "CONCURRENT_TRANSACTIONS") throw new Error(`AddPartitionsToTxn answers ${error}`);
    return error === "NONE";
  });
}

export interface Ended extends Identity {
  readonly error: ErrorName;
}

/** Commits or aborts once, whatever the answer is. Version 5 answers with the next epoch (KIP-890). */
export async function tryEnd(
  client: WireClient,
  transactionalId: string,
  producer: Identity,
  committed: boolean,
  version = 3,
): Promise<Ended> {
  const answer = await client.call(MESSAGES.endTxn, version, {
    transactionalId,
    producerId: producer.producerId,
    producerEpoch: producer.producerEpoch,
    committed,
  });
  return { error: nameOf(answer.errorCode), producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

/** Commits or aborts, trying again while the coordinator is busy, and gives the identity for the next transaction. */
export async function end(
  client: WireClient,
  transactionalId: string,
  producer: Identity,
  committed: boolean,
  version = 3,
): Promise<Identity> {
  const { producerId, producerEpoch } = await until("the transaction ends", async () => {
    const answer = await tryEnd(client, transactionalId, producer, committed, version);
    if (answer.error === "NONE") return answer;
    if (!WAITING.has(answer.error)) throw new Error(`EndTxn answers ${answer.error}`);
    return undefined;
  });
  return version < 5 ? producer : { producerId, producerEpoch };
}

export interface ProduceInput extends Partial<Identity> {
  readonly topic: string;
  readonly partition?: number;
  readonly transactionalId?: string | null;
  readonly version?: number;
  readonly values?: readonly string[];
  readonly baseSequence?: number;
  readonly batch?: Partial<BatchInput>;
}

export interface Produced {
  readonly error: ErrorName;
  readonly baseOffset: bigint;
  readonly logStartOffset: bigint;
  readonly message: string | null;
}

/** Appends one batch, whatever the answer is. Version 12 makes the partition part of the transaction (KIP-890). */
export async function tryProduce(client: WireClient, input: ProduceInput): Promise<Produced> {
  const { topic, partition = 0, transactionalId = null, version = 9, values = ["value"] } = input;
  const { producerId = -1n, producerEpoch = -1, baseSequence = producerId < 0n ? -1 : 0, batch = {} } = input;
  const records = batchOf({
    records: values.map((value) => ({ value })),
    producerId,
    producerEpoch,
    baseSequence,
    transactional: transactionalId !== null,
    ...batch,
  });
  const { responses } = await client.call(MESSAGES.produce, version, {
    transactionalId,
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
  });
  const answer = responses[0]?.partitionResponses[0];
  return {
    error: nameOf(answer?.errorCode),
    baseOffset: answer?.baseOffset ?? -1n,
    logStartOffset: answer?.logStartOffset ?? -1n,
    message: answer?.errorMessage ?? null,
  };
}

/** Appends one batch and gives its first offset. */
export async function produce(client: WireClient, input: ProduceInput): Promise<bigint> {
  const { baseOffset } = await until("the batch is appended", async () => {
    const answer = await tryProduce(client, input);
    if (answer.error === "NONE") return answer;
    if (!WAITING.has(answer.error)) throw new Error(`Produce answers ${answer.error}: ${answer.message}`);
    return undefined;
  });
  return baseOffset;
}

export interface Log {
  readonly batches: readonly StoredBatch[];
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly stableOffset: bigint;
  readonly endOffset: bigint;
}

/** Reads a partition from an offset on, up to the end that this isolation sees. */
export async function readLog(
  client: WireClient,
  topic: string,
  { partition = 0, from = 0n, committed = true } = {},
): Promise<Log> {
  const { responses } = await client.call(MESSAGES.fetch, 11, {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 0,
    isolationLevel: committed ? 1 : 0,
    topics: [{ topic, partitions: [{ partition, fetchOffset: from, partitionMaxBytes: 10_000_000 }] }],
    forgottenTopicsData: [],
  });
  const answer = responses[0]?.partitions[0];
  if (answer?.errorCode !== 0) throw new Error(`Fetch answers ${nameOf(answer?.errorCode)}`);
  return {
    batches: batchesOf(answer.records).filter(({ lastOffset }) => lastOffset >= from),
    aborted: answer.abortedTransactions ?? [],
    stableOffset: answer.lastStableOffset,
    endOffset: answer.highWatermark,
  };
}

/** The values that a read-committed consumer shows: it leaves out what the list of aborted transactions names. */
export async function committedValues(client: WireClient, topic: string, partition = 0): Promise<string[]> {
  const { batches, aborted } = await readLog(client, topic, { partition });
  const ahead = [...aborted].sort((one, other) => Number(one.firstOffset - other.firstOffset));
  const hidden = new Set<bigint>();
  const values: string[] = [];
  for (const batch of batches) {
    for (let next = ahead[0]; next && next.firstOffset <= batch.lastOffset; next = ahead[0]) {
      hidden.add(next.producerId);
      ahead.shift();
    }
    if (batch.marker) {
      if (!batch.marker.committed) hidden.delete(batch.producerId);
    } else if (!(batch.transactional && hidden.has(batch.producerId))) {
      for (const { value } of batch.records) values.push(value?.toString() ?? "");
    }
  }
  return values;
}

/** The markers in a partition, in order, as `commit` and `abort`. */
export async function markersIn(client: WireClient, topic: string, partition = 0): Promise<("commit" | "abort")[]> {
  const { batches } = await readLog(client, topic, { partition, committed: false });
  return batches.flatMap(({ marker }) => (marker ? [marker.committed ? "commit" : "abort"] : []));
}

const TRANSACTION = 1;

/** What goes away by itself, and which a producer therefore tries again after. */
const WAITING: ReadonlySet<ErrorName> = new Set<ErrorName>([
  "CONCURRENT_TRANSACTIONS",
  "COORDINATOR_NOT_AVAILABLE",
  "COORDINATOR_LOAD_IN_PROGRESS",
  "NOT_COORDINATOR",
  "NOT_ENOUGH_REPLICAS",
]);
