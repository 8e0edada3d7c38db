import { expect } from "bun:test";
import {
  ERROR_CODES,
  type ErrorName,
  MESSAGES,
  NIL_UUID,
  type RequestInput,
} from "../../../src/broker/protocol/index.ts";
import { only, topicIdOf } from "../../support/broker/requests.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

type NewTopic = RequestInput<typeof MESSAGES.createTopics>["topics"][number];

const topicOf = (name: string, more: Partial<NewTopic> = {}): NewTopic => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...more,
});

async function create({ client }: Bench, topics: readonly NewTopic[], { version = 7, validateOnly = false } = {}) {
  return (await client.call(MESSAGES.createTopics, version, { topics, timeoutMs: 10_000, validateOnly })).topics;
}

const assigned = (
  ...partitions: readonly (readonly [index: number, brokerIds: readonly number[]])[]
): Partial<NewTopic> => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: partitions.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
});

const config = (name: string, value: string | null): Partial<NewTopic> => ({ configs: [{ name, value }] });

const REFUSALS: readonly (readonly [string, ErrorName, string, Partial<NewTopic>])[] = [
  [
    "no partitions",
    "INVALID_PARTITIONS",
    "Number of partitions was set to an invalid non-positive value.",
    { numPartitions: 0 },
  ],
  [
    "-2 partitions",
    "INVALID_PARTITIONS",
    "Number of partitions was set to an invalid non-positive value.",
    { numPartitions: -2 },
  ],
  [
    "no replicas",
    "INVALID_REPLICATION_FACTOR",
    "Replication factor must be larger than 0, or -1 to use the default value.",
    { replicationFactor: 0 },
  ],
  [
    "more replicas than brokers",
    "INVALID_REPLICATION_FACTOR",
    "Unable to replicate the partition 30 time(s): The target replication factor of 30 cannot be reached because only",
    { replicationFactor: 30 },
  ],
  [
    "an unknown broker",
    "INVALID_REPLICA_ASSIGNMENT",
    "The manual partition assignment includes broker 99, but no such broker is registered.",
    assigned([0, [99]]),
  ],
  [
    "a broker twice",
    "INVALID_REPLICA_ASSIGNMENT",
    "The manual partition assignment includes the broker 1 more than once.",
    assigned([0, [1, 1]]),
  ],
  [
    "no broker",
    "INVALID_REPLICA_ASSIGNMENT",
    "The manual partition assignment includes an empty replica list.",
    assigned([0, []]),
  ],
  [
    "a gap between partitions",
    "INVALID_REPLICA_ASSIGNMENT",
    "partitions should be a consecutive 0-based integer sequence",
    assigned([0, [1]], [2, [1]]),
  ],
  [
    "a partition twice",
    "INVALID_REPLICA_ASSIGNMENT",
    "Found multiple manual partition assignments for partition 0",
    assigned([0, [1]], [0, [1]]),
  ],
  [
    "partitions counted and assigned",
    "INVALID_REQUEST",
    "A manual partition assignment was specified, but numPartitions was not set to -1.",
    { ...assigned([0, [1]]), numPartitions: 1 },
  ],
  [
    "replicas counted and assigned",
    "INVALID_REQUEST",
    "A manual partition assignment was specified, but replication factor was not set to -1.",
    { ...assigned([0, [1]]), replicationFactor: 1 },
  ],
  ["an unknown setting", "INVALID_CONFIG", "Unknown topic config name: no.such", config("no.such", "1")],
  [
    "a setting that is no number",
    "INVALID_CONFIG",
    "Invalid value abc for configuration retention.ms: Not a number of type LONG",
    config("retention.ms", "abc"),
  ],
  [
    "a setting that is null",
    "INVALID_CONFIG",
    "Null value not supported for topic configs: retention.ms",
    config("retention.ms", null),
  ],
];

/** What a broker answers to CreateTopics and DeleteTopics. */
export const topicsSuite = (target: BrokerUnderTest): void =>
  brokerSuite("topics", target, (state) => {
    state("a topic is made in every version, and told with its settings from version 5 on", async (bench) => {
      for (const version of [2, 3, 4, 5, 6, 7]) {
        const name = bench.name();
        const answer = only(
          await create(bench, [topicOf(name, { numPartitions: 3, ...config("retention.ms", "5") })], { version }),
        );
        expect(answer).toMatchObject({ name, errorCode: 0, errorMessage: null });
        if (version >= 5) expect(answer).toMatchObject({ numPartitions: 3, replicationFactor: 1 });
        const settings = answer.configs?.filter(({ name: one }) => one === "retention.ms" || one === "cleanup.policy");
        expect(settings?.map(({ name: one, value, configSource }) => [one, value, configSource]).toSorted()).toEqual(
          version < 5
            ? []
            : [
                ["cleanup.policy", "delete", 5],
                ["retention.ms", "5", 1],
              ],
        );
        if (version >= 7) expect(answer.topicId).toBe(await topicIdOf(bench.client, name));
      }
    });

    state("-1 asks for the broker's defaults", async (bench) => {
      const answer = only(await create(bench, [topicOf(bench.name(), { numPartitions: -1, replicationFactor: -1 })]));
      expect(answer).toMatchObject({ errorCode: 0, numPartitions: 1, replicationFactor: 1 });
    });

    state("partitions can be assigned by hand", async (bench) => {
      const answer = only(await create(bench, [topicOf(bench.name(), assigned([1, [1]], [0, [1]]))]));
      expect(answer).toMatchObject({ errorCode: 0, numPartitions: 2, replicationFactor: 1 });
    });

    for (const [what, error, message, more] of REFUSALS) {
      state(`a topic with ${what} is refused`, async (bench) => {
        const name = bench.name();
        const answer = only(await create(bench, [topicOf(name, more)]));
        expect(answer).toMatchObject({
          name,
          topicId: NIL_UUID,
          errorCode: ERROR_CODES[error],
          numPartitions: -1,
          configs: [],
        });
        expect(answer.errorMessage?.startsWith(message) ? message : answer.errorMessage).toBe(message);
      });
    }

    state("names that no topic can have are refused, each with its reason", async (bench) => {
      const reasons = {
        "": "the empty string is not allowed",
        ".": "'.' is not allowed",
        "..": "'..' is not allowed",
        "a b": "'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        ["x".repeat(250)]: `the length of '${"x".repeat(250)}' is longer than the max allowed length 249`,
      };
      for (const [name, reason] of Object.entries(reasons)) {
        expect(only(await create(bench, [topicOf(name)]))).toMatchObject({
          errorCode: ERROR_CODES.INVALID_TOPIC_EXCEPTION,
          errorMessage: `Topic name is invalid: ${reason}`,
        });
      }
    });

    state("a name that is taken is refused, and so is one that differs by dots alone", async (bench) => {
      const name = `${bench.name()}.x`;
      expect(only(await create(bench, [topicOf(name)])).errorCode).toBe(0);
      expect(only(await create(bench, [topicOf(name)]))).toMatchObject({
        errorCode: ERROR_CODES.TOPIC_ALREADY_EXISTS,
        errorMessage: `Topic '${name}' already exists.`,
      });
      const twin = name.replace(".", "_");
      expect(only(await create(bench, [topicOf(twin)]))).toMatchObject({
        errorCode: ERROR_CODES.INVALID_TOPIC_EXCEPTION,
        errorMessage: `Topic '${twin}' collides with existing topic: ${name}`,
      });
    });

    state("a topic twice in a request is refused, and the others are made", async (bench) => {
      const [twice, once] = [bench.name("twice"), bench.name("once")];
      const answers = await create(bench, [topicOf(twice), topicOf(once), topicOf(twice)]);
      expect(
        new Set(answers.map(({ name, errorCode, errorMessage }) => `${name} ${errorCode} ${errorMessage}`)),
      ).toEqual(new Set([`${twice} 42 Duplicate topic name.`, `${once} 0 null`]));
    });

    state("the topic of the controllers' own records cannot be made", async (bench) => {
      const { errorCode, errorMessage } = only(await create(bench, [topicOf("__cluster_metadata")]));
      expect([errorCode, errorMessage]).toEqual([
        ERROR_CODES.INVALID_REQUEST,
        "Creation of internal topic __cluster_metadata is prohibited.",
      ]);
    });

    state("validateOnly says what would be, and makes nothing", async (bench) => {
      const name = bench.name();
      const answer = only(await create(bench, [topicOf(name, { numPartitions: 3 })], { validateOnly: true }));
      expect(answer).toMatchObject({ errorCode: 0, numPartitions: 3, replicationFactor: 1 });
      expect(answer.configs?.length).toBeGreaterThan(20);
      const refused = only(await create(bench, [topicOf(name, { numPartitions: 0 })], { validateOnly: true }));
      expect(refused.errorCode).toBe(ERROR_CODES.INVALID_PARTITIONS);
      expect(only(await create(bench, [topicOf(name)])).errorCode).toBe(0);
    });

    state("a topic is deleted by its name in every version", async ({ client, topic, name }) => {
      for (const version of [1, 2, 3, 4, 5]) {
        const [there, missing] = [await topic(), name("missing")];
        const { responses } = await client.call(MESSAGES.deleteTopics, version, {
          topicNames: [there, missing],
          timeoutMs: 10_000,
        });
        expect(new Set(responses.map((one) => `${one.name} ${one.errorCode}`))).toEqual(
          new Set([`${there} 0`, `${missing} 3`]),
        );
      }
    });

    state("a topic is deleted by its id or its name in version 6", async ({ client, topic }) => {
      const [first, second] = [await topic(), await topic()];
      const ids = [await topicIdOf(client, first), await topicIdOf(client, second)];
      const { responses } = await client.call(MESSAGES.deleteTopics, 6, {
        topics: [
          { name: null, topicId: ids[0] ?? "" },
          { name: second, topicId: NIL_UUID },
        ],
        timeoutMs: 10_000,
      });
      const told = responses.map(({ name, topicId, errorCode }) => ({ name, topicId, errorCode }));
      expect(told.toSorted((one) => (one.name === first ? -1 : 1))).toEqual(
        [first, second].map((name, at) => ({ name, topicId: ids[at] ?? "", errorCode: 0 })),
      );
    });

    state("what cannot be deleted is refused, each with its reason", async ({ client, topic, name }) => {
      const there = await topic();
      const missing = name("missing");
      const no = "AbcdAAAAAAAAAAAAAAAAAA";
      const refusals: readonly (readonly [{ name: string | null; topicId: string }, number, string])[] = [
        [{ name: missing, topicId: NIL_UUID }, 3, "This server does not host this topic-partition."],
        [{ name: null, topicId: no }, 100, "This server does not host this topic ID."],
        [{ name: null, topicId: NIL_UUID }, 42, "Neither topic name nor id were specified."],
        [{ name: there, topicId: no }, 42, "You may not specify both topic name and topic id."],
      ];
      for (const [asked, errorCode, errorMessage] of refusals) {
        const { responses } = await client.call(MESSAGES.deleteTopics, 6, { topics: [asked], timeoutMs: 10_000 });
        expect(only(responses)).toMatchObject({ name: asked.name, errorCode, errorMessage });
      }
      const twice = { name: there, topicId: NIL_UUID };
      const { responses } = await client.call(MESSAGES.deleteTopics, 6, { topics: [twice, twice], timeoutMs: 10_000 });
      expect(only(responses)).toMatchObject({ errorCode: 42, errorMessage: "Duplicate topic name." });
    });

    state("a topic that was deleted can be made again, with another id", async (bench) => {
      const name = await bench.topic();
      const before = await topicIdOf(bench.client, name);
      await bench.client.call(MESSAGES.deleteTopics, 5, { topicNames: [name], timeoutMs: 10_000 });
      const again = only(await create(bench, [topicOf(name)]));
      expect(again.errorCode).toBe(0);
      expect(again.topicId).not.toBe(before);
    });
  });
