import { expect } from "bun:test";
import { type ErrorName, MESSAGES } from "../../../src/broker/protocol/index.ts";
import {
  addPartition,
  addPartitions,
  committedValues,
  end,
  type Identity,
  init,
  markersIn,
  nameOf,
  produce,
  readLog,
  tryEnd,
  tryInit,
  tryProduce,
} from "../../support/broker/transactional.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** EndTxn's versions before and after KIP-890, by which a producer has another epoch for each transaction. */
const PLAIN = 3;
const BUMPING = 5;

/** What a broker answers a transactional producer, and which records a read-committed consumer is shown. */
export const transactionsSuite = (target: BrokerUnderTest): void =>
  brokerSuite("transactions", target, (state) => {
    state("a transactional id keeps its producer id, and gets the next epoch each time", async (bench) => {
      const { client, id, producer } = await started(bench);
      expect(producer.producerEpoch).toBe(0);
      expect(await tryInit(client, id)).toEqual({ error: "NONE", ...producer, producerEpoch: 1 });
      expect(await tryInit(client, id, { version: 5 })).toEqual({ error: "NONE", ...producer, producerEpoch: 2 });
    });

    state("an empty id, half an identity and a timeout above 15 minutes are refused", async (bench) => {
      const { client, id, producer } = await started(bench);
      const { producerId } = producer;
      const error = async (...asked: Parameters<typeof tryInit>) => (await tryInit(...asked)).error;
      expect(await error(client, "")).toBe("INVALID_REQUEST");
      expect(await error(client, id, { was: { producerId, producerEpoch: -1 } })).toBe("INVALID_REQUEST");
      expect(await error(client, id, { was: { producerId: -1n, producerEpoch: 0 } })).toBe("INVALID_REQUEST");
      for (const timeoutMs of [900_001, 0, -1]) {
        expect(await error(client, id, { timeoutMs })).toBe("INVALID_TRANSACTION_TIMEOUT");
      }
      expect(await error(client, id, { timeoutMs: 900_000 })).toBe("NONE");
    });

    state("a producer that says who it is gets its next epoch once, and others are fenced", async (bench) => {
      const { client, id, producer } = await started(bench);
      const next = { ...producer, producerEpoch: 1 };
      expect(await tryInit(client, id, { was: producer })).toEqual({ error: "NONE", ...next });
      // The answer was lost: it asks again.
      expect(await tryInit(client, id, { was: producer })).toEqual({ error: "NONE", ...next });
      await tryInit(client, id, { was: next });
      const fenced = { producerId: -1n, producerEpoch: -1 };
      expect(await tryInit(client, id, { was: producer })).toEqual({ error: "PRODUCER_FENCED", ...fenced });
      expect(await tryInit(client, id, { was: producer, version: 3 })).toMatchObject({
        error: "INVALID_PRODUCER_EPOCH",
      });
      const stranger = { producerId: producer.producerId + 1_000_000n, producerEpoch: 2 };
      expect((await tryInit(client, id, { was: stranger })).error).toBe("PRODUCER_FENCED");
      expect((await tryInit(client, bench.name(), { was: stranger })).error).toBe("NONE");
    });

    for (const version of [PLAIN, BUMPING]) {
      state(`a committed transaction is seen as a whole, an aborted one never (EndTxn v${version})`, async (bench) => {
        const { client, id, producer, topic } = await started(bench, 2);
        let identity = producer;
        const sequences = [0, 0];
        for (const [value, committed] of [
          ["a", true],
          ["b", false],
          ["c", true],
        ] as const) {
          for (const partition of [0, 1]) {
            await addPartition(client, id, identity, topic, partition);
            const baseSequence = version === BUMPING ? 0 : (sequences[partition] ?? 0);
            await produce(client, {
              topic,
              partition,
              transactionalId: id,
              ...identity,
              baseSequence,
              values: [value],
            });
            sequences[partition] = baseSequence + 1;
          }
          expect((await readLog(client, topic)).stableOffset).toBe((await readLog(client, topic)).endOffset - 1n);
          identity = await end(client, id, identity, committed, version);
          await untilEnded(bench, topic, 2);
        }
        for (const partition of [0, 1]) {
          expect(await committedValues(client, topic, partition)).toEqual(["a", "c"]);
          expect(await markersIn(client, topic, partition)).toEqual(["commit", "abort", "commit"]);
        }
        expect(identity.producerEpoch).toBe(version === BUMPING ? 3 : 0);
      });
    }

    state("a marker carries the coordinator's epoch, and the producer's", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      await addPartition(client, id, producer, topic);
      await produce(client, { topic, transactionalId: id, ...producer });
      await end(client, id, producer, true, BUMPING);
      await untilEnded(bench, topic);
      const { batches } = await readLog(client, topic);
      expect(batches[1]).toMatchObject({
        baseOffset: 1n,
        control: true,
        transactional: true,
        producerId: producer.producerId,
        producerEpoch: 1,
        baseSequence: -1,
        marker: { committed: true, coordinatorEpoch: 0 },
      });
    });

    state("a partition needs to be in the transaction before it is written to", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      const error = async (version: number, of: Partial<Identity> = {}, transactionalId = id) =>
        (await tryProduce(client, { topic, transactionalId, ...producer, ...of, version })).error;
      expect(await error(10)).toBe("INVALID_TXN_STATE");
      expect(await error(11)).toBe("TRANSACTION_ABORTABLE");
      for (const version of [11, 12]) {
        expect(await error(version, { producerId: producer.producerId + 1_000_000n })).toBe(
          "INVALID_PRODUCER_ID_MAPPING",
        );
        expect(await error(version, {}, bench.name())).toBe("INVALID_PRODUCER_ID_MAPPING");
        expect(await error(version, { producerEpoch: 9 })).toBe("INVALID_PRODUCER_EPOCH");
      }
      expect(await markersIn(client, topic)).toEqual([]);
      expect(await error(12)).toBe("NONE");
    });

    state("from Produce v12 on the first batch makes its partition part of the transaction", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      await produce(client, { topic, transactionalId: id, ...producer, version: 12, values: ["a"] });
      const next = await end(client, id, producer, true, BUMPING);
      expect(next).toEqual({ ...producer, producerEpoch: 1 });
      await produce(client, { topic, transactionalId: id, ...next, version: 12, values: ["b"] });
      await end(client, id, next, false, BUMPING);
      await untilEnded(bench, topic);
      expect(await committedValues(client, topic)).toEqual(["a"]);
    });

    state("partitions are added together or not at all", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      const unknown = await addPartitions(client, id, producer, { [topic]: [0, 7] });
      expect(new Set(unknown)).toEqual(new Set(["OPERATION_NOT_ATTEMPTED", "UNKNOWN_TOPIC_OR_PARTITION"]));
      expect((await tryEnd(client, id, producer, true)).error).toBe("INVALID_TXN_STATE");
      expect(await addPartitions(client, id, producer, { [topic]: [0] })).toEqual(["NONE"]);
      expect(await addPartitions(client, id, producer, { [topic]: [0] })).toEqual(["NONE"]);
      expect(await addPartitions(client, id, producer, {})).toEqual([]);
    });

    state("who may not add partitions is told why, in the words of its version", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      const add = async (of: Partial<Identity>, { version = 3, transactionalId = id } = {}) =>
        (await addPartitions(client, transactionalId, { ...producer, ...of }, { [topic]: [0] }, version))[0];
      expect(await add({ producerEpoch: 1 })).toBe("PRODUCER_FENCED");
      expect(await add({ producerEpoch: 1 }, { version: 1 })).toBe("INVALID_PRODUCER_EPOCH");
      expect(await add({ producerId: 1_000_000_000n })).toBe("INVALID_PRODUCER_ID_MAPPING");
      expect(await add({}, { transactionalId: bench.name() })).toBe("INVALID_PRODUCER_ID_MAPPING");
      expect(await add({}, { transactionalId: "" })).toBe("INVALID_REQUEST");
      expect(await add({}, { version: 0 })).toBe("NONE");
    });

    state("brokers add and verify for several producers at a time", async (bench) => {
      const { client, id, producer, topic } = await started(bench, 2);
      const ask = async (version: number, verifyOnly: boolean, partitions: number[], transactionalId = id) => {
        const asked = { transactionalId, ...producer, verifyOnly, topics: [{ name: topic, partitions }] };
        const answer = await client.call(MESSAGES.addPartitionsToTxn, version, { transactions: [asked] });
        const results = answer.resultsByTransaction.flatMap(({ topicResults }) =>
          topicResults.flatMap(({ resultsByPartition }) => resultsByPartition),
        );
        const byIndex = results.toSorted((one, other) => one.partitionIndex - other.partitionIndex);
        return byIndex.map(({ partitionErrorCode }) => nameOf(partitionErrorCode));
      };
      for (const version of [4, 5]) {
        expect(await ask(version, true, [1])).toEqual(["TRANSACTION_ABORTABLE"]);
        expect(await ask(version, false, [0])).toEqual(["NONE"]);
        expect(await ask(version, true, [0, 1])).toEqual(["NONE", "TRANSACTION_ABORTABLE"]);
        expect(await ask(version, true, [0, 9])).toEqual(["OPERATION_NOT_ATTEMPTED", "UNKNOWN_TOPIC_OR_PARTITION"]);
        expect(await ask(version, true, [0], bench.name())).toEqual(["INVALID_PRODUCER_ID_MAPPING"]);
      }
    });

    for (const [version, table] of ENDS) {
      state(`a transaction that has ended is ended again by its own rules (EndTxn v${version})`, async (bench) => {
        for (const [how, expected] of table) {
          const { client, id, producer, topic } = await started(bench);
          if (how !== "Empty") {
            await addPartition(client, id, producer, topic);
            await end(client, id, producer, how === "CompleteCommit", version);
            await settled(bench, id);
          }
          const now = (await described(bench, id)) ?? producer;
          const before = { ...now, producerEpoch: now.producerEpoch - 1 };
          const answers: ErrorName[] = [];
          // What changes something comes last.
          for (const [who, committed] of [
            [before, true],
            [before, false],
            [now, true],
            [now, false],
          ] as const) {
            const { error, producerEpoch } = await tryEnd(client, id, who, committed, version);
            answers.push(error);
            if (version < BUMPING || error !== "NONE") expect(producerEpoch).toBe(-1);
            else expect(producerEpoch).toBe(who.producerEpoch + 1);
          }
          expect([how, ...answers]).toEqual([how, ...expected]);
        }
      });
    }

    state("a new producer aborts what its predecessor left, and fences it", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      await addPartition(client, id, producer, topic);
      await produce(client, { topic, transactionalId: id, ...producer });
      expect((await tryInit(client, id)).error).toBe("CONCURRENT_TRANSACTIONS");
      // One epoch is for the abort, and nobody is given it.
      expect(await init(client, id)).toEqual({ ...producer, producerEpoch: 2 });
      expect(await markersIn(client, topic)).toEqual(["abort"]);
      expect(await committedValues(client, topic)).toEqual([]);
      expect((await tryEnd(client, id, producer, true)).error).toBe("PRODUCER_FENCED");
      expect((await tryEnd(client, id, producer, true, 1)).error).toBe("INVALID_PRODUCER_EPOCH");
      const late = { topic, transactionalId: id, ...producer, baseSequence: 1 };
      for (const version of [9, 11, 12]) {
        expect((await tryProduce(client, { ...late, version })).error).toBe("INVALID_PRODUCER_EPOCH");
      }
    });

    state("a transaction that takes longer than its timeout is aborted", async (bench) => {
      const { client, id, topic } = await started(bench);
      const producer = await init(client, id, { timeoutMs: 1 });
      await addPartition(client, id, producer, topic);
      await produce(client, { topic, transactionalId: id, ...producer });
      // Apache Kafka looks every ten seconds.
      await until("the abort", async () => (await markersIn(client, topic)).length > 0, { timeoutMs: 25_000 });
      expect(await markersIn(client, topic)).toEqual(["abort"]);
      expect((await tryEnd(client, id, producer, true)).error).toBe("PRODUCER_FENCED");
      expect((await tryEnd(client, id, producer, true, BUMPING)).error).toBe("INVALID_TXN_STATE");
      expect((await tryEnd(client, id, producer, false, BUMPING)).error).toBe("NONE");
    });

    state("records of a transaction under way hold back those that come after them", async (bench) => {
      const { client, id, producer, topic } = await started(bench);
      await produce(client, { topic, values: ["before"] });
      await produce(client, { topic, transactionalId: id, ...producer, version: 12, values: ["inside"] });
      await produce(client, { topic, values: ["after"] });
      expect(await committedValues(client, topic)).toEqual(["before"]);
      expect(await readLog(client, topic)).toMatchObject({ stableOffset: 1n, endOffset: 3n });
      expect((await readLog(client, topic, { committed: false })).batches).toHaveLength(3);
      await end(client, id, producer, true, BUMPING);
      await untilEnded(bench, topic);
      expect(await committedValues(client, topic)).toEqual(["before", "inside", "after"]);
    });
  });

/**
 * The answers to a commit and an abort by the epoch before the present one, and by the present one. With an epoch for each
 * transaction the one before can only be asking again.
 */
const ENDS = [
  [
    PLAIN,
    [
      ["Empty", ["PRODUCER_FENCED", "PRODUCER_FENCED", "INVALID_TXN_STATE", "INVALID_TXN_STATE"]],
      ["CompleteCommit", ["PRODUCER_FENCED", "PRODUCER_FENCED", "NONE", "INVALID_TXN_STATE"]],
      ["CompleteAbort", ["PRODUCER_FENCED", "PRODUCER_FENCED", "INVALID_TXN_STATE", "NONE"]],
    ],
  ],
  [
    BUMPING,
    [
      ["Empty", ["PRODUCER_FENCED", "PRODUCER_FENCED", "INVALID_TXN_STATE", "NONE"]],
      ["CompleteCommit", ["NONE", "INVALID_TXN_STATE", "INVALID_TXN_STATE", "NONE"]],
      ["CompleteAbort", ["INVALID_TXN_STATE", "NONE", "INVALID_TXN_STATE", "NONE"]],
    ],
  ],
] as const;

/** A topic, and a producer that has just been given its first epoch. */
async function started({ client, name, topic: make }: Bench, partitions = 1) {
  const id = name("transactional");
  return { client, id, topic: await make(partitions), producer: await init(client, id) };
}

/** Markers come a moment after a transaction was decided. */
async function untilEnded({ client }: Bench, topic: string, partitions = 1): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    await until("the marker is written", async () => {
      const { stableOffset, endOffset } = await readLog(client, topic, { partition, from: 0n });
      return stableOffset === endOffset;
    });
  }
}

async function described({ client }: Bench, id: string) {
  const { transactionStates } = await client.call(MESSAGES.describeTransactions, 0, { transactionalIds: [id] });
  return transactionStates[0];
}

const settled = (bench: Bench, id: string) =>
  until("the transaction is complete", async () =>
    (await described(bench, id))?.transactionState.startsWith("Complete"),
  );
