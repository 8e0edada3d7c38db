import { describe, expect, test } from "bun:test";
import { type Delivery, KafkaError } from "../../../src/kafka/index.ts";
import type { Entry } from "../../../src/kafka/producer/entry.ts";
import { type Attempt, PartitionQueue } from "../../../src/kafka/producer/partition.ts";
import type { ProduceAnswer } from "../../../src/kafka/producer/produce-request.ts";
import { BatchWriter } from "../../../src/kafka/records/encode.ts";
import { headerOf } from "../../support/kafka/partition-log.ts";

/** The queue of one partition, with everything it answers, and the time in the test's hands. */
function open(recordsMax = 1_000) {
  const answers: [string, Delivery][] = [];
  const settle = (entry: Entry, delivery: Delivery) => answers.push([String(entry.record.value), delivery]);
  const queue = new PartitionQueue("t", 0, { bytesMax: 1_000_000, recordsMax, compression: "none" }, settle);
  queue.identify(7n);
  const writer = new BatchWriter();
  return {
    queue,
    push(value: string, deadline: number) {
      const record = { topic: "t", key: null, value: Buffer.from(value), timestamp: 0 };
      queue.push({ record, bytes: 1, deadline, sink: { settle: () => {} }, index: 0, before: { open: 0 } });
    },
    begin(now: number): Attempt {
      const attempt = queue.begin(writer, now);
      if (attempt === undefined) throw new Error("there is nothing to send");
      return attempt;
    },
    statuses: () => answers.map(([value, { status }]) => `${value} ${status}`),
  };
}

type Opened = ReturnType<typeof open>;

const stored = (baseOffset: bigint): ProduceAnswer => ({
  topic: "t",
  partition: 0,
  errorCode: 0,
  baseOffset,
  logAppendTime: -1n,
});
const refused = (errorCode: number): ProduceAnswer => ({ ...stored(-1n), errorCode });
const identityOf = ({ bytes }: Attempt) => {
  const { producerId, producerEpoch, baseSequence } = headerOf(bytes);
  return `${producerId}/${producerEpoch}/${baseSequence}`;
};

const NOT_LEADER_OR_FOLLOWER = 6;
const MESSAGE_TOO_LARGE = 10;
const NOT_ENOUGH_REPLICAS = 19;
const AFTER_APPEND = 20;
const INVALID_PRODUCER_EPOCH = 47;

test("a batch that is in flight keeps the next from going", () => {
  const { queue, push, begin } = open();
  push("a", 100);
  const first = begin(0);
  push("b", 100);
  expect(queue.ready(0)).toBe(false);
  queue.answer(first, stored(0n), 0);
  expect(queue.ready(0)).toBe(true);
  expect(identityOf(begin(0))).toBe("7/0/1");
});

test("an answer that comes after its batch was given up says nothing about the batch of now", () => {
  const { queue, push, begin, statuses } = open();
  push("old", 100);
  const late = begin(0);
  queue.expire(100);
  push("new", 300);
  const next = begin(150);
  expect(identityOf(next)).toBe("7/1/0");
  queue.answer(late, stored(5n), 160);
  queue.fail(late, new KafkaError("TIMEOUT", "late"), 160);
  expect(statuses()).toEqual(["old unknown"]);
  queue.answer(next, stored(6n), 170);
  expect(statuses()).toEqual(["old unknown", "new stored"]);
});

test("an entry that was answered at its deadline is not answered again when its batch is stored after all", () => {
  const { queue, push, begin, statuses } = open();
  push("early", 100);
  push("late", 200);
  const attempt = begin(0);
  queue.expire(150);
  expect(statuses()).toEqual(["early unknown"]);
  queue.answer(attempt, stored(3n), 160);
  expect(statuses()).toEqual(["early unknown", "late stored"]);
  expect(queue.idle).toBe(true);
});

test("a batch that was certainly not stored goes again without the entries whose time is over", () => {
  const { queue, push, begin, statuses } = open();
  push("early", 100);
  push("late", 300);
  queue.answer(begin(0), refused(NOT_ENOUGH_REPLICAS), 0);
  queue.expire(100);
  expect(statuses()).toEqual(["early failed"]);
  const again = begin(200);
  expect(again.entries.map(({ record }) => String(record.value))).toEqual(["late"]);
  expect(identityOf(again)).toBe("7/0/0");
});

test("a batch that may be stored goes again as it is, with the entries whose time is over", () => {
  const { queue, push, begin, statuses } = open();
  push("early", 100);
  push("late", 300);
  const first = begin(0);
  queue.answer(first, refused(AFTER_APPEND), 0);
  queue.expire(100);
  expect(statuses()).toEqual(["early unknown"]);
  expect(begin(200).bytes).toBe(first.bytes);
});

test("a broker that never led the partition has stored nothing; one that lost it with the batch may have", () => {
  const { queue, push, begin, statuses } = open();
  push("refused", 100);
  queue.answer(begin(0), refused(NOT_LEADER_OR_FOLLOWER), 0);
  queue.expire(100);
  push("doubtful", 200);
  queue.answer(begin(100), { ...stored(5n), errorCode: NOT_LEADER_OR_FOLLOWER }, 100);
  queue.expire(200);
  expect(statuses()).toEqual(["refused failed", "doubtful unknown"]);
});

test("a batch that is split after its partition has moved goes on under a new epoch", () => {
  const { queue, push, begin } = open();
  push("a", 1_000);
  push("b", 1_000);
  queue.answer(begin(0), refused(NOT_LEADER_OR_FOLLOWER), 0);
  queue.answer(begin(100), refused(MESSAGE_TOO_LARGE), 100);
  const half = begin(100);
  expect(half.entries.length).toBe(1);
  expect(identityOf(half)).toBe("7/1/0");
});

describe("when everything ends", () => {
  const error = new KafkaError("CLOSED", "closed");

  test.each([
    ["waits", "a failed", (): void => {}],
    ["was refused", "a failed", ({ queue, begin }: Opened): void => queue.answer(begin(0), refused(19), 0)],
    ["may be stored", "a unknown", ({ queue, begin }: Opened): void => queue.answer(begin(0), refused(20), 0)],
    [
      "is in flight",
      "a unknown",
      ({ begin }: Opened): void => {
        begin(0);
      },
    ],
  ] as const)("what %s is answered: %s", (_, answer, happens) => {
    const opened = open();
    opened.push("a", 100);
    happens(opened);
    opened.push("b", 100);
    opened.queue.failAll(error);
    expect(opened.statuses()).toEqual([answer, "b failed"]);
    expect(opened.queue.idle).toBe(true);
  });
});

test("a producer id that the broker has fenced is not taken again", () => {
  const { queue, push, begin } = open();
  push("a", 100);
  queue.answer(begin(0), refused(INVALID_PRODUCER_EPOCH), 0);
  expect(queue.identify(7n)).toBe(false);
  expect(queue.identify(8n)).toBe(true);
  expect(identityOf(begin(0))).toBe("8/0/0");
});

test("sequence numbers go on from batch to batch, and start again with a new epoch", () => {
  const { queue, push, begin } = open(2);
  for (const value of ["a", "b", "c", "d", "e"]) push(value, 1_000);
  const seen: string[] = [];
  for (const answer of [stored(0n), refused(AFTER_APPEND), stored(2n)]) {
    const attempt = begin(500);
    seen.push(identityOf(attempt));
    queue.answer(attempt, answer, 0);
  }
  expect(seen).toEqual(["7/0/0", "7/0/2", "7/0/2"]);
  queue.answer(begin(500), refused(AFTER_APPEND), 0);
  queue.expire(1_000);
  push("f", 2_000);
  expect(identityOf(begin(1_500))).toBe("7/1/0");
});

test("the pause before another attempt grows with the attempts", () => {
  const { queue, push, begin } = open();
  push("a", 1e9);
  const pauses: number[] = [];
  let now = 0;
  for (let attempt = 0; attempt < 6; attempt++) {
    queue.answer(begin(now), refused(NOT_ENOUGH_REPLICAS), now);
    let pause = 0;
    while (!queue.ready(now + pause)) pause++;
    pauses.push(pause);
    now += pause;
  }
  expect(pauses).toEqual([50, 100, 200, 400, 500, 500]);
});
