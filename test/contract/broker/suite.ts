import { describe, test } from "bun:test";
import { MESSAGES } from "../../../src/broker/protocol/index.ts";
import { connectWire, type WireClient } from "../../support/broker/client.ts";
import { unique } from "../../support/cluster.ts";
import { until } from "../../support/until.ts";

/** A broker that a suite is run against; undefined where it is not to be had on this run. */
export interface BrokerUnderTest {
  readonly name: string;
  /** `host:port`. */
  readonly address: string | undefined;
  /** Titles of tests that this broker does not pass, each with the reason. */
  readonly differs?: Readonly<Record<string, string>>;
}

/** What one test works with. */
export interface Bench {
  readonly client: WireClient;
  /** A second connection, for what must not wait behind the first. */
  connect(clientId?: string): Promise<WireClient>;
  /** Makes a topic of its own for this test, and gives its name. */
  topic(partitions?: number, configs?: Readonly<Record<string, string>>): Promise<string>;
  /** A name that no other test has, for groups and transactional ids. */
  name(prefix?: string): string;
}

/** Apache Kafka looks every ten seconds for what has expired. */
const TIMEOUT_MS = 30_000;

/** Runs statements about what a Kafka broker answers; every test has connections of its own. */
export function brokerSuite(
  title: string,
  { name, address, differs = {} }: BrokerUnderTest,
  statements: (state: (title: string, body: (bench: Bench) => Promise<void>) => void) => void,
): void {
  describe.skipIf(address === undefined)(`${title}, by ${name}`, () => {
    statements((statement, body) => {
      const run = async () => {
        const open: WireClient[] = [];
        const connect = async (clientId?: string) => {
          const client = await connectWire(address ?? "", clientId);
          open.push(client);
          return client;
        };
        try {
          const client = await connect();
          await body({ client, connect, topic: topicMaker(client), name: (prefix = "it") => `${prefix}-${unique()}` });
        } finally {
          for (const client of open) client.close();
        }
      };
      test.skipIf(statement in differs)(statement, run, TIMEOUT_MS);
    });
  });
}

function topicMaker(client: WireClient): Bench["topic"] {
  return async (partitions = 1, configs = {}) => {
    const name = `contract-${unique()}`;
    const { topics } = await client.call(MESSAGES.createTopics, 7, {
      topics: [
        {
          name,
          numPartitions: partitions,
          replicationFactor: 1,
          assignments: [],
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        },
      ],
      timeoutMs: 10_000,
    });
    const [made] = topics;
    if (made?.errorCode !== 0) throw new Error(`topic not created: ${made?.errorCode} ${made?.errorMessage}`);
    await untilLed(client, name, partitions);
    return name;
  };
}

/**
 * A new topic's leaders are known a moment after it was made, and in Apache Kafka take requests another moment later:
 * ListOffsets is answered once they do.
 */
async function untilLed(client: WireClient, name: string, partitions: number): Promise<void> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
  await until(`the partitions of ${name} have a leader`, async () => {
    const { topics } = await client.call(MESSAGES.listOffsets, 7, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name, partitions: asked }],
      timeoutMs: 10_000,
    });
    return topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === 0));
  });
}
