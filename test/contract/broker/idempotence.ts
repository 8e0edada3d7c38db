import { expect } from "bun:test";
import type { WireClient } from "../../support/broker/client.ts";
import {
  type Identity,
  type Produced,
  type ProduceInput,
  produce,
  readLog,
  tryInit,
  tryProduce,
} from "../../support/broker/transactional.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** What a broker answers an idempotent producer that sends a batch again, leaves one out, or has been replaced. */
export const idempotenceSuite = (target: BrokerUnderTest): void =>
  brokerSuite("idempotence", target, (state) => {
    state("every producer gets an id of its own, at epoch 0", async ({ client }) => {
      const [one, other] = [await tryInit(client, null), await tryInit(client, null, { version: 0 })];
      expect([one.error, other.error]).toEqual(["NONE", "NONE"]);
      expect([one.producerEpoch, other.producerEpoch]).toEqual([0, 0]);
      expect(other.producerId).toBeGreaterThan(one.producerId);
    });

    state("a producer without a transactional id gets a new id, whatever it had", async ({ client }) => {
      const was = await tryInit(client, null);
      const now = await tryInit(client, null, { was, timeoutMs: 86_400_000 });
      expect(now).toMatchObject({ error: "NONE", producerEpoch: 0 });
      expect(now.producerId).not.toBe(was.producerId);
    });

    state("a batch that comes again is answered with the offset it has", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      expect(await send({ values: ["a", "b"] })).toMatchObject({ error: "NONE", baseOffset: 0n });
      expect(await send({ values: ["a", "b"] })).toMatchObject({ error: "NONE", baseOffset: 0n });
      expect(await send({ baseSequence: 2, values: ["c"] })).toMatchObject({ error: "NONE", baseOffset: 2n });
      expect(await send({ values: ["a", "b"] })).toMatchObject({ error: "NONE", baseOffset: 0n });
      expect(await send({ baseSequence: 3, values: ["d"] })).toMatchObject({ error: "NONE", baseOffset: 3n });
    });

    state("the last five batches are known again, and none before them", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      for (let baseSequence = 0; baseSequence < 6; baseSequence++) await send({ baseSequence });
      expect(await send({ baseSequence: 1 })).toMatchObject({ error: "NONE", baseOffset: 1n });
      expect((await send({ baseSequence: 0 })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    });

    state("a batch that covers other sequences than before is no repetition", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      await send({ values: ["a", "b"] });
      expect((await send({ baseSequence: 1, values: ["b"] })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
      expect((await send({ values: ["a", "b", "c"] })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
    });

    state("a gap in the sequence is refused, and what was missing may still come", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      await send({});
      expect((await send({ baseSequence: 2 })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
      expect(await send({ baseSequence: 1 })).toMatchObject({ error: "NONE", baseOffset: 1n });
      expect(await send({ baseSequence: 2 })).toMatchObject({ error: "NONE", baseOffset: 2n });
    });

    state("a producer that a partition does not know may begin anywhere", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      expect((await send({ baseSequence: 17 })).error).toBe("NONE");
      expect((await send({ baseSequence: 18 })).error).toBe("NONE");
    });

    state("each partition counts for itself", async ({ client, topic }) => {
      const send = await producer(client, await topic(2));
      expect((await send({ partition: 0 })).error).toBe("NONE");
      expect((await send({ partition: 1 })).error).toBe("NONE");
      expect((await send({ partition: 0, baseSequence: 1 })).error).toBe("NONE");
    });

    state("a higher epoch begins at sequence 0, and fences the lower one", async ({ client, topic }) => {
      const name = await topic();
      const send = await producer(client, name);
      await send({});
      expect((await send({ producerEpoch: 1, baseSequence: 1 })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
      expect((await send({ producerEpoch: 1 })).error).toBe("NONE");
      expect((await send({ producerEpoch: 0, baseSequence: 1 })).error).toBe("INVALID_PRODUCER_EPOCH");
      expect((await send({ producerEpoch: 0 })).error).toBe("INVALID_PRODUCER_EPOCH");
      const { batches } = await readLog(client, name);
      expect(batches.map(({ producerEpoch, baseSequence }) => [producerEpoch, baseSequence])).toEqual([
        [0, 0],
        [1, 0],
      ]);
    });

    state("sequences go on with 0 after 2147483647", async ({ client, topic }) => {
      const send = await producer(client, await topic());
      const last = 2_147_483_647;
      expect((await send({ baseSequence: last - 1, values: ["a", "b", "c"] })).error).toBe("NONE");
      expect(await send({ baseSequence: last - 1, values: ["a", "b", "c"] })).toMatchObject({ baseOffset: 0n });
      expect((await send({ baseSequence: 2 })).error).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
      expect(await send({ baseSequence: 1 })).toMatchObject({ error: "NONE", baseOffset: 3n });
    });

    state("a batch without a producer id is stored as often as it comes", async ({ client, topic }) => {
      const name = await topic();
      expect(await produce(client, { topic: name })).toBe(0n);
      expect(await produce(client, { topic: name })).toBe(1n);
    });
  });

/** How a new producer sends to a topic: sequence 0 and its own epoch, unless it is told otherwise. */
async function producer(
  client: WireClient,
  topic: string,
): Promise<(input: Partial<ProduceInput>) => Promise<Produced>> {
  const { producerId, producerEpoch }: Identity = await tryInit(client, null);
  return (input) => tryProduce(client, { topic, producerId, producerEpoch, ...input });
}
