import { expect } from "bun:test";
import { type ErrorName, MESSAGES } from "../../../src/broker/protocol/index.ts";
import { end, type Identity, init, nameOf, tryEnd } from "../../support/broker/transactional.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** What becomes of a group's offsets that are committed within a transaction. */
export const transactionalOffsetsSuite = (target: BrokerUnderTest): void =>
  brokerSuite("offsets in a transaction", target, (state) => {
    for (const version of [3, 5]) {
      state(`offsets count when the transaction is committed (TxnOffsetCommit v${version})`, async (bench) => {
        const { add, commit, fetch, id, client, producer } = await started(bench);
        if (version < 5) expect(await add()).toBe("NONE");
        expect(await commit(version, { offset: 5n })).toBe("NONE");
        expect(await fetch()).toEqual(["NONE", -1n]);
        expect(await fetch({ requireStable: true })).toEqual(["UNSTABLE_OFFSET_COMMIT", -1n]);
        expect(await commit(version, { offset: 6n })).toBe("NONE");
        await end(client, id, producer, true);
        await until("the offset counts", async () => (await fetch({ requireStable: true }))[0] === "NONE");
        expect(await fetch()).toEqual(["NONE", 6n]);
      });

      state(`offsets of an aborted transaction are forgotten (TxnOffsetCommit v${version})`, async (bench) => {
        const { add, commit, fetch, id, client, producer } = await started(bench);
        if (version < 5) await add();
        await commit(version, { offset: 5n });
        await end(client, id, producer, false);
        await until("the offset is forgotten", async () => (await fetch({ requireStable: true }))[0] === "NONE");
        expect(await fetch()).toEqual(["NONE", -1n]);
      });
    }

    state("a group needs to be in the transaction before its offsets are committed", async (bench) => {
      const { commit, add } = await started(bench);
      expect(await commit(0)).toBe("INVALID_TXN_STATE");
      expect(await commit(3)).toBe("INVALID_TXN_STATE");
      expect(await commit(4)).toBe("TRANSACTION_ABORTABLE");
      expect(await add()).toBe("NONE");
      expect(await add()).toBe("NONE");
      for (const version of [0, 3, 4]) expect(await commit(version)).toBe("NONE");
    });

    state("a group alone makes a transaction", async (bench) => {
      const { client, id, add, producer } = await started(bench);
      expect((await tryEnd(client, id, producer, true)).error).toBe("INVALID_TXN_STATE");
      await add();
      expect((await tryEnd(client, id, producer, true)).error).toBe("NONE");
    });

    state("who may not add a group is told why, in the words of its version", async (bench) => {
      const { add, producer } = await started(bench);
      expect(await add({ producerEpoch: 7 })).toBe("PRODUCER_FENCED");
      expect(await add({ producerEpoch: 7 }, 1)).toBe("INVALID_PRODUCER_EPOCH");
      expect(await add({ producerId: producer.producerId + 1_000_000n })).toBe("INVALID_PRODUCER_ID_MAPPING");
      expect(await add({ transactionalId: bench.name() })).toBe("INVALID_PRODUCER_ID_MAPPING");
      expect(await add({ transactionalId: "" })).toBe("INVALID_REQUEST");
    });

    state("who may not commit offsets is told why", async (bench) => {
      const { add, commit, producer } = await started(bench);
      const stranger = { producerId: producer.producerId + 1_000_000n };
      expect(await commit(5, stranger)).toBe("INVALID_PRODUCER_ID_MAPPING");
      await add();
      expect(await commit(4, { groupId: "" })).toBe("INVALID_GROUP_ID");
      expect(await commit(4, { producerEpoch: 7 })).toBe("INVALID_PRODUCER_EPOCH");
      expect(await commit(5, { producerEpoch: 7 })).toBe("INVALID_PRODUCER_EPOCH");
      expect(await commit(3, stranger)).toBe("INVALID_PRODUCER_ID_MAPPING");
      expect(await commit(4, { memberId: "nobody", generationId: 1 })).toBe("ILLEGAL_GENERATION");
      expect(await commit(4, { partition: 9 })).toBe("UNKNOWN_TOPIC_OR_PARTITION");
    });
  });

interface CommitInput extends Partial<Identity> {
  readonly transactionalId?: string;
  readonly groupId?: string;
  readonly memberId?: string;
  readonly generationId?: number;
  readonly partition?: number;
  readonly offset?: bigint;
}

/** A topic, a group and a producer, and what they may ask for. */
async function started({ client, name, topic: make }: Bench) {
  const [id, group, topic] = [name("transactional"), name("group"), await make()];
  const producer = await init(client, id);
  await until("the group has a coordinator", async () => {
    const found = await client.call(MESSAGES.findCoordinator, 2, { key: group, keyType: 0 });
    return found.errorCode === 0;
  });
  const add = async (of: CommitInput = {}, version = 3): Promise<ErrorName> => {
    const asked = { transactionalId: id, groupId: group, ...producer, ...of };
    return nameOf((await client.call(MESSAGES.addOffsetsToTxn, version, asked)).errorCode);
  };
  const commit = async (version: number, { partition = 0, offset = 1n, ...of }: CommitInput = {}) => {
    const partitions = [{ partitionIndex: partition, committedOffset: offset, committedMetadata: "" }];
    const asked = { transactionalId: id, groupId: group, ...producer, ...of, topics: [{ name: topic, partitions }] };
    const { topics } = await client.call(MESSAGES.txnOffsetCommit, version, asked);
    return nameOf(topics[0]?.partitions[0]?.errorCode);
  };
  const fetch = async ({ requireStable = false } = {}): Promise<[ErrorName, bigint | undefined]> => {
    const asked = { groupId: group, topics: [{ name: topic, partitionIndexes: [0] }] };
    const { groups } = await client.call(MESSAGES.offsetFetch, 8, { groups: [asked], requireStable });
    const answer = groups[0]?.topics[0]?.partitions[0];
    return [nameOf(answer?.errorCode), answer?.committedOffset];
  };
  return { client, id, group, topic, producer, add, commit, fetch };
}
