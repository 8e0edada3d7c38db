import { expect } from "bun:test";
import { ERROR_CODES, type ErrorName, MESSAGES, NIL_UUID } from "../../../src/broker/protocol/index.ts";
import { type BatchInput, batchOf, recordsOf } from "../../support/broker/batch.ts";
import { append, fetchFrom, LATEST, offsetOf, only, topicIdOf } from "../../support/broker/requests.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

const batch = (count = 1, more: Partial<BatchInput> = {}): Buffer =>
  batchOf({ records: Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: `v${at}` })), ...more });

const VERSIONS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const PARTITION_REFUSALS: readonly (readonly [string, ErrorName, (valid: Buffer) => Buffer])[] = [
  ["whose checksum is wrong", "CORRUPT_MESSAGE", (valid) => flipped(valid, valid.length - 1)],
  ["that breaks off", "INVALID_RECORD", (valid) => valid.subarray(0, -5)],
  ["of no bytes", "INVALID_RECORD", () => Buffer.alloc(0)],
  ["followed by another", "INVALID_RECORD", (valid) => Buffer.concat([valid, batch()])],
  ["of control records", "INVALID_RECORD", () => batch(1, { control: true, producerId: 5n })],
];

/** What a broker answers to Produce. */
export const produceSuite = (target: BrokerUnderTest): void =>
  brokerSuite("produce", target, (state) => {
    state("records get the next offsets, in every version", async ({ client, topic }) => {
      const name = await topic();
      for (const [at, version] of VERSIONS.entries()) {
        const answer = await append(client, name, batch(2), { version });
        expect(answer).toMatchObject({ index: 0, errorCode: 0, baseOffset: BigInt(at * 2), logAppendTimeMs: -1n });
        expect(answer.logStartOffset).toBe(version >= 5 ? 0n : -1n);
      }
      const { records } = await fetchFrom(client, name, 0n);
      expect(recordsOf(records).map(({ offset }) => Number(offset))).toEqual(
        [...VERSIONS, ...VERSIONS].map((_, at) => at),
      );
    });

    state("a topic is named by its id from version 13 on", async ({ client, topic }) => {
      const topicId = await topicIdOf(client, await topic());
      const produced = (id: string) =>
        client.call(MESSAGES.produce, 13, {
          acks: 1,
          timeoutMs: 5_000,
          topicData: [{ topicId: id, partitionData: [{ index: 0, records: batch() }] }],
        });
      const { responses } = await produced(topicId);
      expect(only(responses)).toMatchObject({
        topicId,
        partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0n }],
      });
      for (const unknown of ["AbcdAAAAAAAAAAAAAAAAAA", NIL_UUID]) {
        expect(only((await produced(unknown)).responses)).toMatchObject({
          topicId: unknown,
          partitionResponses: [{ errorCode: ERROR_CODES.UNKNOWN_TOPIC_ID, baseOffset: -1n }],
        });
      }
    });

    for (const [which, error, made] of PARTITION_REFUSALS) {
      state(`a batch ${which} is refused with ${error}, and nothing is stored`, async ({ client, topic }) => {
        const name = await topic();
        const answer = await append(client, name, made(batch()));
        expect(answer).toMatchObject({ errorCode: ERROR_CODES[error], baseOffset: -1n, logAppendTimeMs: -1n });
        expect((await offsetOf(client, name, LATEST)).offset).toBe(0n);
      });
    }

    state("a batch over the topic's limit is refused with MESSAGE_TOO_LARGE", async ({ client, topic }) => {
      const name = await topic(1, { "max.message.bytes": "200" });
      expect((await append(client, name, batch(100))).errorCode).toBe(ERROR_CODES.MESSAGE_TOO_LARGE);
      expect((await append(client, name, batch(1))).errorCode).toBe(0);
    });

    state("a partition that is not there is refused alone", async ({ client, topic, name }) => {
      const [made, missing] = [await topic(), name("missing")];
      const { responses } = await client.call(MESSAGES.produce, 9, {
        acks: -1,
        timeoutMs: 5_000,
        topicData: [
          { name: made, partitionData: [0, 7, -1].map((index) => ({ index, records: batch() })) },
          { name: missing, partitionData: [{ index: 0, records: batch() }] },
        ],
      });
      const results = responses.flatMap((topic) =>
        topic.partitionResponses.map(
          ({ index, errorCode }) => `${topic.name === made ? "made" : "missing"} ${index} ${errorCode}`,
        ),
      );
      expect(results.toSorted()).toEqual(["made -1 3", "made 0 0", "made 7 3", "missing 0 3"]);
    });

    state("acknowledgements are 0, 1 or -1", async ({ client, topic }) => {
      const name = await topic();
      for (const acks of [2, -2]) {
        expect((await append(client, name, batch(), { acks })).errorCode).toBe(ERROR_CODES.INVALID_REQUIRED_ACKS);
      }
      expect((await append(client, name, batch(), { acks: 1 })).baseOffset).toBe(0n);
    });

    state("acks=0 gets no answer, and is stored before the next request is answered", async ({ client, topic }) => {
      const name = await topic();
      const partitionData = [{ index: 0, records: batch(3) }];
      client.tell(MESSAGES.produce, 9, { acks: 0, timeoutMs: 5_000, topicData: [{ name, partitionData }] });
      expect((await offsetOf(client, name, LATEST)).offset).toBe(3n);
    });

    state("acks=0 that fails closes the connection", async ({ connect, name }) => {
      const client = await connect();
      const partitionData = [{ index: 0, records: batch() }];
      client.tell(MESSAGES.produce, 9, { acks: 0, timeoutMs: 5_000, topicData: [{ name: name(), partitionData }] });
      await client.closed;
    });

    state("a batch of a transaction needs its transactional id", async ({ client, topic }) => {
      const name = await topic();
      const answer = await append(client, name, batch(1, { transactional: true, producerId: 5n }));
      expect(answer.errorCode).toBe(ERROR_CODES.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    });

    state("records too far in the future are named one by one", async ({ client, topic }) => {
      const name = await topic(1, { "message.timestamp.after.max.ms": "1000" });
      const late = batch(2, { baseTimestamp: Date.now() + 3_600_000 });
      const answer = await append(client, name, late, { version: 12 });
      expect(answer.errorCode).toBe(ERROR_CODES.INVALID_TIMESTAMP);
      expect(answer.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 1]);
      expect(answer.errorMessage).toBe("One or more records have been rejected due to invalid timestamp");
    });

    state("a topic that stamps its records answers the time of the append", async ({ client, topic }) => {
      const name = await topic(1, { "message.timestamp.type": "LogAppendTime" });
      const { logAppendTimeMs } = await append(client, name, batch(1, { baseTimestamp: 1_000 }));
      expect(Math.abs(Number(logAppendTimeMs) - Date.now())).toBeLessThan(60_000);
      const { records } = await fetchFrom(client, name, 0n);
      expect(BigInt(only(recordsOf(records)).timestamp)).toBe(logAppendTimeMs);
    });

    state("requests on one connection are answered in their order", async ({ client, topic }) => {
      const name = await topic();
      const answers = await Promise.all(Array.from({ length: 20 }, () => append(client, name, batch())));
      expect(answers.map(({ baseOffset }) => Number(baseOffset))).toEqual(answers.map((_, at) => at));
    });
  });

function flipped(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}
