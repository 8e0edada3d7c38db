import { expect, test } from "bun:test";
import fc from "fast-check";
import { type OutgoingRecord, openProducer } from "../../../src/kafka/index.ts";
import { checkReceipts, outOfOrder } from "../../support/kafka/receipts.ts";
import { type Fault, StandIn } from "../../support/kafka/stand-in.ts";

/*
 * Whatever brokers answer, store, forget to answer or refuse, and wherever partitions move meanwhile: each record is
 * answered once and by its deadline, a receipt names its own record, what failed is not stored, nothing is stored twice,
 * and what is stored stands in the order in which it was sent.
 */

const TOPIC = "orders";
const DEADLINE_MS = 150;
/** The timer's grain, and a busy machine. */
const SLACK_MS = 400;
const BROKERS = 3;

const KAFKA_CODES = [-1, 2, 3, 5, 6, 7, 10, 13, 19, 20, 29, 45, 46, 47, 56, 59, 87];
/** Refusals that Apache Kafka gives only to what it does not store; a stand-in that stored it would be lying. */
const REFUSALS = new Set([2, 3, 10, 19, 29, 45, 47, 59, 87]);

const faults = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc
      .record({ stored: fc.boolean(), answer: fc.constantFrom(...KAFKA_CODES) })
      .map(({ stored, answer }): Fault => ({ answer, stored: answer === 46 || (stored && !REFUSALS.has(answer)) })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ stored: fc.boolean(), answer: fc.constantFrom("leave out" as const, "close" as const) }),
  },
  { weight: 1, arbitrary: fc.constant<Fault>({ stored: true, answer: "no offset" }) },
);

const scenario = fc.record({
  /** What happens to the first batch that arrives, to the second … after these all goes well. */
  faults: fc.array(faults, { maxLength: 25 }),
  /** Before which batch which partition moves where; broker 0 is none. */
  moves: fc.array(
    fc.record({ before: fc.nat(25), partition: fc.nat(2), leader: fc.integer({ min: 0, max: BROKERS }) }),
    {
      maxLength: 6,
    },
  ),
  /** Sizes of the groups that are sent, and how long to wait before each. */
  groups: fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), pauseMs: fc.constantFrom(0, 0, 1, 20) }), {
    minLength: 1,
    maxLength: 12,
  }),
  batchRecordsMax: fc.constantFrom(1, 7, 10_000),
});

test("whatever brokers do, receipts are true, failures are not stored, and the order is kept", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ faults: script, moves, groups, batchRecordsMax }) => {
      await using cluster = await StandIn.start({ brokers: BROKERS, topics: { [TOPIC]: [1, 2, 3] } });
      cluster.onBatch = ({ index }) => {
        for (const { before, partition, leader } of moves) {
          if (before === index) cluster.moveLeader(TOPIC, partition, leader === 0 ? -1 : leader);
        }
        return script[index];
      };
      await using producer = await openProducer(
        { bootstrapServers: cluster.bootstrapServers, ssl: false, clientId: "any" },
        { deliveryTimeoutMs: DEADLINE_MS, requestTimeoutMs: 60, batchRecordsMax },
      );
      const sent: OutgoingRecord[] = [];
      const answers: Promise<{ status: string; tookMs: number }>[] = [];
      const deliveries = [];
      for (const { size, pauseMs } of groups) {
        const group = Array.from({ length: size }, (_, index) => event(sent.length + index));
        sent.push(...group);
        const begun = performance.now();
        const answer = producer.sendAll(group);
        deliveries.push(answer);
        answers.push(answer.then(() => ({ status: "answered", tookMs: performance.now() - begun })));
        await Bun.sleep(pauseMs);
      }
      const took = await Promise.all(answers);
      expect(Math.max(...took.map(({ tookMs }) => tookMs))).toBeLessThan(DEADLINE_MS + SLACK_MS);
      const found = await cluster.records(TOPIC);
      const check = checkReceipts(sent, (await Promise.all(deliveries)).flat(), found);
      expect(check).toMatchObject({ wrong: [], resurrected: [], duplicated: [] });
      expect(check.stored + check.failed + check.unknown).toBe(sent.length);
      expect(outOfOrder(sent, found)).toEqual([]);
      expect(producer.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0 });
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 40) },
  );
}, 120_000);

const event = (index: number): OutgoingRecord => ({
  topic: TOPIC,
  key: `key ${index % 11}`,
  value: Buffer.from(`event ${index}`),
  timestamp: 1_700_000_000_000 + index,
});
