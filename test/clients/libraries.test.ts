import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { unique } from "../support/cluster.ts";
import { CLIENTS, drive, installClients, run } from "./run.ts";
import { TARGETS, type Target } from "./targets.ts";

/**
 * Clients that know nothing of us. A broker that only its own client understands is not a Kafka broker, and our client and
 * broker could share a mistake.
 */
const INSTALL_MS_MAX = 120_000;
const CLIENT_MS_MAX = 120_000;

describe.skipIf(!CLIENTS).each(TARGETS)("a library, driven against %s", (_name, open) => {
  let broker: Target;

  beforeAll(async () => {
    await installClients();
    broker = await open();
  }, INSTALL_MS_MAX);
  afterAll(() => broker[Symbol.asyncDispose]());

  test(
    "confluent-kafka-python has its transactions, codecs, groups and admin calls",
    async () => {
      const topic = `confluent-${unique()}`;
      const twice = (values: readonly string[]) => values.flatMap((value) => [value, value, value, value]);
      expect(await drive("confluent.py", broker.address, topic)).toEqual({
        committed: twice(["0", "2"]),
        uncommitted: twice(["0", "1", "2"]),
        offsetsOfTransaction: true,
        compressed: 200,
        "shared range": [true, true],
        "shared cooperative-sticky": [true, true],
        retention: "1234567",
        partitions: 6,
        deletedUpTo: true,
        groups: [`${topic}-committed`, `${topic}-dirty`, `${topic}-members`],
        state: "EMPTY",
        nodes: 1,
      });
    },
    CLIENT_MS_MAX,
  );

  test(
    "aiokafka has its transactions, its group and its lookups",
    async () => {
      expect(await drive("aio.py", broker.address, `aio-${unique()}`)).toEqual({
        committed: ["kept", "kept too"],
        offset: true,
        shared: true,
        byTime: 0,
        listed: true,
      });
    },
    CLIENT_MS_MAX,
  );

  test(
    "@platformatic/kafka produces, consumes and commits",
    async () => {
      expect(await drive("platformatic.js", broker.address, `platformatic-${unique()}`)).toEqual({
        values: ["one", "three", "two"],
        groupListed: true,
      });
    },
    CLIENT_MS_MAX,
  );

  test(
    "kcat lists, produces, reads, reads in a group and looks up by time",
    async () => {
      const topic = `kcat-${unique()}`;
      await drive("topic.py", broker.address, topic);
      const kcat = (...given: string[]) => run(["kcat", "-b", broker.address, ...given]);
      await run(["kcat", "-b", broker.address, "-P", "-t", topic, "-K", ":", "-H", "from=here", "-z", "snappy"], {
        input: "a:1\nb:2\nc:3\n",
      });
      expect(await kcat("-L", "-t", topic)).toContain(`topic "${topic}" with 1 partitions`);
      expect(await kcat("-C", "-t", topic, "-e", "-q", "-f", "%o %k=%s %h\n")).toBe(
        "0 a=1 from=here\n1 b=2 from=here\n2 c=3 from=here\n",
      );
      expect(await kcat("-G", `${topic}-group`, "-o", "beginning", "-c", "3", "-q", topic)).toBe("1\n2\n3\n");
      expect(await kcat("-Q", "-t", `${topic}:0:1`)).toContain(`${topic} [0] offset 0`);
    },
    CLIENT_MS_MAX,
  );
});
