import { expect } from "bun:test";
import { type ErrorName, MESSAGES } from "../../../src/broker/protocol/index.ts";
import {
  addPartition,
  end,
  type Identity,
  init,
  markersIn,
  nameOf,
  produce,
} from "../../support/broker/transactional.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** What an operator is told of transactions, and how one that hangs is ended by hand. */
export const transactionAdminSuite = (target: BrokerUnderTest): void =>
  brokerSuite("transactions for operators", target, (state) => {
    state("a transaction is described with its state, its producer and its partitions", async (bench) => {
      const { client, id, topic, producer, describe } = await started(bench);
      expect(await describe()).toMatchObject({
        errorCode: 0,
        transactionalId: id,
        transactionState: "Empty",
        transactionTimeoutMs: 60_000,
        transactionStartTimeMs: -1n,
        ...producer,
        topics: [],
      });
      const before = BigInt(Date.now()) - 1000n;
      await addPartition(client, id, producer, topic);
      const ongoing = await describe();
      expect(ongoing).toMatchObject({ transactionState: "Ongoing", topics: [{ topic, partitions: [0] }] });
      expect(ongoing?.transactionStartTimeMs).toBeGreaterThan(before);
      await end(client, id, producer, true);
      await until("it is complete", async () => (await describe())?.transactionState === "CompleteCommit");
      expect(await describe()).toMatchObject({
        transactionStartTimeMs: ongoing?.transactionStartTimeMs,
        topics: [],
        ...producer,
      });
    });

    state("an id that nobody has is not found, and an empty one is no id", async ({ client, name }) => {
      const { transactionStates } = await client.call(MESSAGES.describeTransactions, 0, {
        transactionalIds: [name(), ""],
      });
      expect(transactionStates.map(({ errorCode }) => nameOf(errorCode))).toEqual([
        "TRANSACTIONAL_ID_NOT_FOUND",
        "INVALID_REQUEST",
      ]);
    });

    state("transactions are listed by state, producer, age and name", async (bench) => {
      const { client, id, topic, producer } = await started(bench);
      const list = async (filter: Partial<Filter>, version = 2) => {
        const answer = await client.call(MESSAGES.listTransactions, version, { ...NO_FILTER, ...filter });
        expect(answer.errorCode).toBe(0);
        return answer.transactionStates.filter(({ transactionalId }) => transactionalId === id);
      };
      const listed = { transactionalId: id, producerId: producer.producerId, transactionState: "Empty" };
      expect(await list({}, 0)).toEqual([listed]);
      expect(await list({ stateFilters: ["Ongoing"] })).toEqual([]);
      expect(await list({ stateFilters: ["Empty", "Ongoing"] })).toEqual([listed]);
      expect(await list({ producerIdFilters: [producer.producerId] })).toEqual([listed]);
      expect(await list({ producerIdFilters: [producer.producerId + 1n] })).toEqual([]);
      expect(await list({ transactionalIdPattern: "transactional-.*" })).toEqual([listed]);
      expect(await list({ transactionalIdPattern: "transactional" })).toEqual([]);
      expect(await list({ transactionalIdPattern: "" })).toEqual([listed]);
      // An id without a transaction counts as older than any.
      expect(await list({ durationFilter: 100_000n }, 1)).toEqual([listed]);
      await addPartition(client, id, producer, topic);
      expect(await list({ durationFilter: -5n })).toEqual([{ ...listed, transactionState: "Ongoing" }]);
      expect(await list({ durationFilter: 100_000n })).toEqual([]);
      await until("it is older", async () => (await list({ durationFilter: 1n })).length === 1);
    });

    state("a state that Kafka does not have is named, and a pattern must be one", async ({ client }) => {
      const ask = (filter: Partial<Filter>) => client.call(MESSAGES.listTransactions, 2, { ...NO_FILTER, ...filter });
      const unknown = await ask({ stateFilters: ["ongoing", "PrepareEpochFence", "Dead"] });
      expect(unknown).toMatchObject({ errorCode: 0, unknownStateFilters: ["ongoing"], transactionStates: [] });
      expect(await ask({ stateFilters: ["nothing"] })).toMatchObject({ errorCode: 0, transactionStates: [] });
      expect(nameOf((await ask({ transactionalIdPattern: "(" })).errorCode)).toBe("INVALID_REGULAR_EXPRESSION");
    });

    state("the producers of a partition are told with their open transactions", async (bench) => {
      const { client, id, topic, producer, producers } = await started(bench);
      expect(await producers()).toEqual([]);
      await produce(client, { topic });
      await produce(client, { topic, transactionalId: id, ...producer, version: 12, values: ["a", "b"] });
      const [open] = await producers();
      expect(open).toMatchObject({ ...producer, lastSequence: 1, coordinatorEpoch: -1, currentTxnStartOffset: 1n });
      expect(open?.lastTimestamp).toBeGreaterThan(0n);
      await end(client, id, producer, true, 5);
      await until("the marker is written", async () => (await markersIn(client, topic)).length === 1);
      expect(await producers()).toMatchObject([
        { producerEpoch: 1, lastSequence: -1, coordinatorEpoch: 0, currentTxnStartOffset: -1n },
      ]);
    });

    state("producers of a partition that is not there are not told", async ({ client, topic, name }) => {
      const topics = [
        { name: await topic(), partitionIndexes: [9] },
        { name: name(), partitionIndexes: [0] },
        { name: "no topic!", partitionIndexes: [0] },
      ];
      const answer = await client.call(MESSAGES.describeProducers, 0, { topics });
      const errors = topics.map(({ name: asked }) => {
        const found = answer.topics.find((one) => one.name === asked);
        return nameOf(found?.partitions[0]?.errorCode);
      });
      expect(errors).toEqual(["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_OR_PARTITION", "INVALID_TOPIC_EXCEPTION"]);
    });

    state("a marker by hand ends a transaction in one partition", async (bench) => {
      const { client, id, topic, producer, mark, producers } = await started(bench);
      await produce(client, { topic, transactionalId: id, ...producer, version: 12 });
      expect(await mark({ producerEpoch: 0, coordinatorEpoch: 0 })).toBe("NONE");
      expect(await producers()).toMatchObject([{ currentTxnStartOffset: -1n }]);
      expect(await markersIn(client, topic)).toEqual(["abort"]);
      expect(await mark({ producerEpoch: 3 })).toBe("NONE");
      expect(await mark({ producerEpoch: 2 })).toBe("INVALID_PRODUCER_EPOCH");
      expect(await mark({ producerEpoch: 3, coordinatorEpoch: -1 })).toBe("TRANSACTION_COORDINATOR_FENCED");
      expect(await mark({ producerId: producer.producerId + 1_000_000n })).toBe("NONE");
      expect(await mark({ partition: 9 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
      expect(await mark({ topic: bench.name() })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    });

    state("a marker of a transaction that ends with the next epoch must have that epoch", async (bench) => {
      const { client, id, topic, producer, mark } = await started(bench);
      await produce(client, { topic, transactionalId: id, ...producer, version: 12 });
      expect(await mark({ transactionVersion: 2 })).toBe("INVALID_PRODUCER_EPOCH");
      expect(await mark({ transactionVersion: 2, producerEpoch: 1 })).toBe("NONE");
      // It may come again.
      expect(await mark({ transactionVersion: 2, producerEpoch: 1 })).toBe("NONE");
      expect(await mark({ transactionVersion: 2, producerEpoch: 0 })).toBe("INVALID_PRODUCER_EPOCH");
    });
  });

interface Filter {
  readonly stateFilters: readonly string[];
  readonly producerIdFilters: readonly bigint[];
  readonly durationFilter: bigint;
  readonly transactionalIdPattern: string | null;
}

const NO_FILTER: Pick<Filter, "stateFilters" | "producerIdFilters"> = { stateFilters: [], producerIdFilters: [] };

interface MarkInput extends Partial<Identity> {
  readonly coordinatorEpoch?: number;
  readonly transactionVersion?: number;
  readonly topic?: string;
  readonly partition?: number;
}

/** A topic and a producer, and what an operator may ask of them. */
async function started({ client, name, topic: make }: Bench) {
  const [id, topic] = [name("transactional"), await make()];
  const producer = await init(client, id);
  const describe = async () => {
    const { transactionStates } = await client.call(MESSAGES.describeTransactions, 0, { transactionalIds: [id] });
    return transactionStates[0];
  };
  const producers = async () => {
    const asked = { topics: [{ name: topic, partitionIndexes: [0] }] };
    return (await client.call(MESSAGES.describeProducers, 0, asked)).topics[0]?.partitions[0]?.activeProducers ?? [];
  };
  const mark = async ({ coordinatorEpoch = 0, topic: name = topic, partition = 0, ...of }: MarkInput) => {
    const topics = [{ name, partitionIndexes: [partition] }];
    const { markers } = await client.call(MESSAGES.writeTxnMarkers, 2, {
      markers: [{ ...producer, ...of, transactionResult: false, coordinatorEpoch, topics }],
    });
    const error: ErrorName = nameOf(markers[0]?.topics[0]?.partitions[0]?.errorCode);
    return error;
  };
  return { client, id, topic, producer, describe, producers, mark };
}
