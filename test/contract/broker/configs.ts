import { expect } from "bun:test";
import { ERROR_CODES, MESSAGES, type RequestInput, type ResponseOf } from "../../../src/broker/protocol/index.ts";
import { until } from "../../support/until.ts";
import { type Bench, type BrokerUnderTest, brokerSuite } from "./suite.ts";

const TOPIC = 2;
const BROKER = 4;
/** Where a value comes from. */
const OWN = 1;
const STATIC = 4;
const DEFAULT = 5;

type Described = ResponseOf<typeof MESSAGES.describeConfigs>["results"][number];
type Change = RequestInput<typeof MESSAGES.incrementalAlterConfigs>["resources"][number]["configs"][number];

const OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;
const change = (operation: keyof typeof OPERATIONS, name: string, value: string | null = null): Change => ({
  name,
  configOperation: OPERATIONS[operation],
  value,
});

const topicNamed = (resourceName: string) => ({ resourceType: TOPIC, resourceName });

async function describeOf(
  { client }: Pick<Bench, "client">,
  resource: { readonly resourceType: number; readonly resourceName: string },
  names: readonly string[] | null,
  version = 4,
): Promise<Described> {
  const { results } = await client.call(MESSAGES.describeConfigs, version, {
    resources: [{ ...resource, configurationKeys: names }],
    includeSynonyms: true,
    includeDocumentation: true,
  });
  expect(results).toHaveLength(1);
  return results[0] ?? { errorCode: -1, errorMessage: null, ...resource, configs: [] };
}

async function alter({ client }: Bench, resourceName: string, configs: readonly Change[], validateOnly = false) {
  const resources = [{ ...topicNamed(resourceName), configs }];
  const { responses } = await client.call(MESSAGES.incrementalAlterConfigs, 1, { resources, validateOnly });
  return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
}

/** What topics have of their own, once a change has arrived: Apache Kafka applies it a moment after it has answered. */
const untilOwn = (bench: Bench, topic: string, expected: Readonly<Record<string, string>>) =>
  until(
    `${topic} has ${JSON.stringify(expected)}`,
    async () => {
      const { configs } = await describeOf(bench, topicNamed(topic), null);
      const own = Object.fromEntries(
        configs.filter(({ configSource }) => configSource === OWN).map(({ name, value }) => [name, value]),
      );
      return Bun.deepEquals(own, expected);
    },
    { timeoutMs: 5_000 },
  );

/** Values that are refused, with what is said of each. */
const REFUSED: readonly (readonly [name: string, value: string, message: string])[] = [
  ["retention.ms", "abc", "Invalid value abc for configuration retention.ms: Not a number of type LONG"],
  ["retention.ms", "1.5", "Invalid value 1.5 for configuration retention.ms: Not a number of type LONG"],
  ["retention.ms", "-2", "Invalid value -2 for configuration retention.ms: Value must be at least -1"],
  ["segment.bytes", "13", "Invalid value 13 for configuration segment.bytes: Value must be at least 1048576"],
  [
    "segment.bytes",
    "99999999999",
    "Invalid value 99999999999 for configuration segment.bytes: Not a number of type INT",
  ],
  [
    "min.cleanable.dirty.ratio",
    "1.1",
    "Invalid value 1.1 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
  ],
  [
    "min.cleanable.dirty.ratio",
    "-3",
    "Invalid value -3.0 for configuration min.cleanable.dirty.ratio: Value must be at least 0",
  ],
  ["preallocate", "yes", "Invalid value yes for configuration preallocate: Expected value to be either true or false"],
  [
    "cleanup.policy",
    "compact,foo",
    "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete",
  ],
  ["cleanup.policy", ",", "Configuration 'cleanup.policy' values must not be empty."],
  [
    "compression.type",
    "GZIP",
    "Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
  ],
  [
    "compression.gzip.level",
    "0",
    "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
  ],
  [
    "leader.replication.throttled.replicas",
    "x",
    "Invalid value [x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
  ],
  [
    "remote.storage.enable",
    "true",
    "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.",
  ],
  ["message.downconversion.enable", "true", "Unknown topic config name: message.downconversion.enable"],
];

export const configsSuite = (target: BrokerUnderTest): void =>
  brokerSuite("settings", target, (state) => {
    state("a topic has every setting, with its type, its default and where that comes from", async (bench) => {
      const topic = await bench.topic();
      const { errorCode, errorMessage, configs } = await describeOf(bench, topicNamed(topic), null);
      expect([errorCode, errorMessage]).toEqual([0, ""]);
      expect(configs).toHaveLength(33);
      expect(configs.find(({ name }) => name === "max.message.bytes")).toMatchObject({
        value: "1048588",
        readOnly: false,
        configSource: DEFAULT,
        isSensitive: false,
        synonyms: [{ name: "message.max.bytes", value: "1048588", source: DEFAULT }],
        configType: 3,
        documentation: expect.stringContaining("batch"),
      });
      expect(configs.find(({ name }) => name === "retention.ms")).toMatchObject({ synonyms: [], configType: 5 });
    });

    state("only the settings that are asked for are told, and unknown ones are left out", async (bench) => {
      const topic = await bench.topic();
      const { configs } = await describeOf(bench, topicNamed(topic), ["retention.ms", "nope"]);
      expect(configs.map(({ name, value }) => [name, value])).toEqual([["retention.ms", "604800000"]]);
    });

    state("what a topic was given stands before the broker's, and is shown as it is read", async (bench) => {
      const topic = await bench.topic(1, {
        "cleanup.policy": "compact, delete",
        "segment.ms": " 6000 ",
        preallocate: "TRUE",
        "segment.bytes": "+2000000",
      });
      const { configs } = await describeOf(bench, topicNamed(topic), [
        "cleanup.policy",
        "segment.ms",
        "preallocate",
        "segment.bytes",
      ]);
      expect(Object.fromEntries(configs.map(({ name, value }) => [name, value]))).toEqual({
        "cleanup.policy": "compact,delete",
        "segment.ms": "6000",
        preallocate: "true",
        "segment.bytes": "2000000",
      });
      expect(configs.find(({ name }) => name === "cleanup.policy")).toMatchObject({
        configSource: OWN,
        synonyms: [
          { name: "cleanup.policy", value: "compact,delete", source: OWN },
          { name: "log.cleanup.policy", value: "delete", source: DEFAULT },
        ],
      });
    });

    state("a topic that is not there has no settings, nor has one of a bad name", async (bench) => {
      const missing = await describeOf(bench, topicNamed(bench.name("missing")), null);
      expect(missing.errorCode).toBe(ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION);
      const bad = await describeOf(bench, topicNamed("b d!"), null);
      expect([bad.errorCode, bad.errorMessage]).toEqual([
        ERROR_CODES.INVALID_TOPIC_EXCEPTION,
        "Topic name is invalid: 'b d!' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
      ]);
    });

    state("a broker tells its own settings and no other's", async (bench) => {
      const { brokers } = await bench.client.call(MESSAGES.describeCluster, 0, {
        includeClusterAuthorizedOperations: false,
      });
      const id = String(brokers[0]?.brokerId);
      const { configs } = await describeOf(bench, { resourceType: BROKER, resourceName: id }, [
        "node.id",
        "num.partitions",
      ]);
      expect(configs.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toMatchObject([
        { name: "node.id", value: id, configSource: STATIC, readOnly: true },
        { name: "num.partitions", value: "1", configSource: DEFAULT, readOnly: true },
      ]);
      for (const [name, message] of [
        ["77", `Unexpected broker id, expected ${id} or empty string, but received 77`],
        ["x", "Broker id must be an integer, but it is: x"],
      ] as const) {
        const { errorCode, errorMessage } = await describeOf(bench, { resourceType: BROKER, resourceName: name }, null);
        expect([errorCode, errorMessage]).toEqual([ERROR_CODES.INVALID_REQUEST, message]);
      }
    });

    state("versions before 3 know neither types nor documentation", async (bench) => {
      const { configs } = await describeOf(bench, topicNamed(await bench.topic()), ["retention.ms"], 1);
      expect(configs).toMatchObject([{ value: "604800000", configType: 0, documentation: "" }]);
    });

    for (const [name, value, message] of REFUSED) {
      state(`${name}=${value} is refused with its reason, and changes nothing`, async (bench) => {
        const topic = await bench.topic();
        expect(await alter(bench, topic, [change("set", "flush.ms", "7"), change("set", name, value)])).toEqual([
          [ERROR_CODES.INVALID_CONFIG, message],
        ]);
        await untilOwn(bench, topic, {});
      });
    }

    state("settings that contradict each other are refused together", async (bench) => {
      const given = [change("set", "min.compaction.lag.ms", "100"), change("set", "max.compaction.lag.ms", "50")];
      expect(await alter(bench, await bench.topic(), given)).toEqual([
        [
          ERROR_CODES.INVALID_CONFIG,
          "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (50)",
        ],
      ]);
    });

    state("single settings are set and deleted, the others stay", async (bench) => {
      const topic = await bench.topic(1, { "retention.ms": "5000" });
      expect(await alter(bench, topic, [change("set", "flush.ms", "70")])).toEqual([[0, null]]);
      await untilOwn(bench, topic, { "retention.ms": "5000", "flush.ms": "70" });
      expect(await alter(bench, topic, [change("delete", "retention.ms"), change("delete", "nope")])).toEqual([
        [0, null],
      ]);
      await untilOwn(bench, topic, { "flush.ms": "70" });
    });

    state("entries are appended to lists and taken from them, beginning with the default", async (bench) => {
      const topic = await bench.topic();
      expect(await alter(bench, topic, [change("append", "cleanup.policy", "compact,delete")])).toEqual([[0, null]]);
      await untilOwn(bench, topic, { "cleanup.policy": "delete,compact" });
      expect(await alter(bench, topic, [change("subtract", "cleanup.policy", "delete")])).toEqual([[0, null]]);
      await untilOwn(bench, topic, { "cleanup.policy": "compact" });
      expect(await alter(bench, topic, [change("append", "retention.ms", "5")])).toEqual([
        [ERROR_CODES.INVALID_CONFIG, "Can't APPEND to key retention.ms because its type is not LIST."],
      ]);
      expect(await alter(bench, topic, [change("subtract", "nope", "5")])).toEqual([
        [ERROR_CODES.INVALID_CONFIG, "Can't SUBTRACT to key nope because its type is not LIST."],
      ]);
    });

    state("a setting is changed once in a request, and not to null", async (bench) => {
      const topic = await bench.topic();
      expect(await alter(bench, topic, [change("set", "flush.ms", "1"), change("delete", "flush.ms")])).toEqual([
        [ERROR_CODES.INVALID_REQUEST, "Error due to duplicate config keys"],
      ]);
      expect(await alter(bench, topic, [change("set", "flush.ms")])).toEqual([
        [ERROR_CODES.INVALID_REQUEST, "Null value not supported for : flush.ms"],
      ]);
    });

    state("a resource that is named twice is refused both times", async (bench) => {
      const resource = { ...topicNamed(await bench.topic()), configs: [change("set", "flush.ms", "1")] };
      const { responses } = await bench.client.call(MESSAGES.incrementalAlterConfigs, 0, {
        resources: [resource, resource],
        validateOnly: false,
      });
      expect(responses.map(({ errorMessage }) => errorMessage)).toEqual([
        "Each resource must appear at most once.",
        "Each resource must appear at most once.",
      ]);
    });

    state("a change that is only validated is answered as if it were made, and is not", async (bench) => {
      const topic = await bench.topic();
      expect(await alter(bench, topic, [change("set", "flush.ms", "99")], true)).toEqual([[0, null]]);
      expect(await alter(bench, topic, [change("set", "flush.ms", "-99")], true)).toEqual([
        [ERROR_CODES.INVALID_CONFIG, "Invalid value -99 for configuration flush.ms: Value must be at least 0"],
      ]);
      await untilOwn(bench, topic, {});
    });

    state("what is not there cannot be changed", async (bench) => {
      const missing = bench.name("missing");
      expect(await alter(bench, missing, [change("set", "flush.ms", "1")])).toEqual([
        [ERROR_CODES.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${missing}' does not exist.`],
      ]);
      expect(await alter(bench, missing, [change("set", "flush.ms", "x")])).toEqual([
        [ERROR_CODES.INVALID_CONFIG, "Invalid value x for configuration flush.ms: Not a number of type LONG"],
      ]);
      expect(await alter(bench, "", [change("set", "flush.ms", "1")])).toEqual([
        [ERROR_CODES.INVALID_REQUEST, "Default topic resources are not allowed."],
      ]);
      const bad = await alter(bench, "b d!", []);
      expect(bad.map(([errorCode]) => errorCode)).toEqual([ERROR_CODES.INVALID_TOPIC_EXCEPTION]);
    });

    state("AlterConfigs replaces all settings of a topic", async (bench) => {
      const topic = await bench.topic(1, { "retention.ms": "5000" });
      const replace = async (configs: { name: string; value: string | null }[]) => {
        const resources = [{ ...topicNamed(topic), configs }];
        const { responses } = await bench.client.call(MESSAGES.alterConfigs, 2, { resources, validateOnly: false });
        return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage]);
      };
      expect(await replace([{ name: "flush.ms", value: "8" }])).toEqual([[0, null]]);
      await untilOwn(bench, topic, { "flush.ms": "8" });
      expect(await replace([{ name: "flush.ms", value: null }])).toEqual([
        [ERROR_CODES.INVALID_REQUEST, "Null value not supported for : flush.ms"],
      ]);
      expect(await replace([])).toEqual([[0, null]]);
      await untilOwn(bench, topic, {});
    });

    state("a fixed setting of the broker cannot be changed", async (bench) => {
      const { brokers } = await bench.client.call(MESSAGES.describeCluster, 0, {
        includeClusterAuthorizedOperations: false,
      });
      const resource = { resourceType: BROKER, resourceName: String(brokers[0]?.brokerId) };
      const { responses } = await bench.client.call(MESSAGES.incrementalAlterConfigs, 1, {
        resources: [{ ...resource, configs: [change("set", "broker.id", "9")] }],
        validateOnly: true,
      });
      expect(responses).toMatchObject([{ errorMessage: "Cannot update these configs dynamically: [broker.id]" }]);
    });
  });
