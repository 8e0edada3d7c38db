import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Api,
  decodeResponse,
  ERROR_CODES,
  encodeResponse,
  KafkaFault,
  MESSAGES,
  NIL_UUID,
  refusal,
} from "../../../src/broker/protocol/index.ts";
import { anyMessage } from "../../support/broker/any-message.ts";

const FAULT = new KafkaFault("POLICY_VIOLATION", "There is no room.");

test("a produce request is refused for each of its partitions", () => {
  const request = {
    transactionalId: null,
    acks: -1,
    timeoutMs: 0,
    topicData: [
      { name: "a", topicId: NIL_UUID, partitionData: [3, 1].map((index) => ({ index, records: null })) },
      { name: "b", topicId: NIL_UUID, partitionData: [{ index: 0, records: null }] },
    ],
  };
  const { responses } = refusal(MESSAGES.produce, request, FAULT);
  const told = responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map(({ index, errorCode, errorMessage }) => [name, index, errorCode, errorMessage]),
  );
  const [code, message] = [ERROR_CODES.POLICY_VIOLATION, "There is no room."];
  expect(told).toEqual([
    ["a", 3, code, message],
    ["a", 1, code, message],
    ["b", 0, code, message],
  ]);
});

test("numbers that mean something else in the answer are not passed back", () => {
  const topics = [{ topic: "a", topicId: NIL_UUID, partitions: [] }];
  const refused = refusal(MESSAGES.fetch, { ...FETCH, sessionId: 5, topics }, FAULT);
  expect(refused).toMatchObject({ errorCode: 44, sessionId: 0, responses: [{ topic: "a", partitions: [] }] });
});

const FETCH = {
  clusterId: null,
  replicaId: -1,
  replicaState: { replicaId: -1, replicaEpoch: -1n },
  maxWaitMs: 0,
  minBytes: 0,
  maxBytes: 0,
  isolationLevel: 0,
  sessionId: 0,
  sessionEpoch: -1,
  forgottenTopicsData: [],
  rackId: "",
};

test("groups and topics that are listed by name alone are refused by name", () => {
  expect(refusal(MESSAGES.deleteGroups, { groupsNames: ["a", "b"] }, FAULT).results).toMatchObject([
    { groupId: "a", errorCode: 44 },
    { groupId: "b", errorCode: 44 },
  ]);
  const names = { topics: [], topicNames: ["a", "b"], timeoutMs: 0 };
  expect(refusal(MESSAGES.deleteTopics, names, FAULT).responses).toMatchObject([
    { name: "a", errorCode: 44 },
    { name: "b", errorCode: 44 },
  ]);
});

test("lists that tell nothing of errors stay empty", () => {
  const topic = {
    name: "orders",
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [{ name: "retention.ms", value: "1" }],
  };
  const request = { topics: [topic], timeoutMs: 0, validateOnly: false };
  expect(refusal(MESSAGES.createTopics, request, FAULT).topics).toMatchObject([
    { name: "orders", errorCode: 44, errorMessage: "There is no room.", numPartitions: -1, configs: null },
  ]);
});

/** Messages that have no place for an error in these versions, or only one inside what is not there then. */
const NO_PLACE: Readonly<Record<string, number>> = { Metadata: 12, ListTransactions: -1 };

describe("a refusal of any request can be sent", () => {
  const versions = Object.values(MESSAGES).flatMap((api: Api) => {
    const [first, last] = api.versions;
    return Array.from({ length: last - first + 1 }, (_, at) => [api.name, first + at, api] as const);
  });

  test.each(versions)("%s v%d", (_name, version, api) => {
    fc.assert(
      fc.property(anyMessage(api.request, api, version), (request) => {
        const frame = Buffer.concat(encodeResponse(api, version, 1, refusal(api, request, FAULT))).subarray(4);
        const { response } = decodeResponse(api, version, frame);
        if (hasElements(request) && version > (NO_PLACE[api.name] ?? -1)) expect(codesIn(response)).toContain(44);
        expect(codesIn(response).every((code) => code === 44 || code === 0)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

/** Where each list has something, down to the last. */
function hasElements(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(hasElements);
  if (value === null) return false;
  if (Buffer.isBuffer(value) || typeof value !== "object") return true;
  return Object.values(value).every(hasElements);
}

function codesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (Buffer.isBuffer(value) || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    /^(partitionE|e)rrorCode$/.test(name) ? [Number(one)] : codesIn(one),
  );
}
