import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Cluster, type KafkaSettings, openProducer, type SaslSettings } from "../../src/kafka/index.ts";
import { without } from "../support/cluster.ts";
import { type SecuredKafka, startSecuredKafka } from "../support/kafka/secured.ts";
import { until } from "../support/until.ts";

/*
 * A broker that asks for credentials, or for TLS, or for both. A client that gets its handshake wrong works on every
 * laptop and nowhere else; one that waits for ever on a wrong password takes its service with it.
 */

const TOPIC = "secured";
const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;
const WAYS = MECHANISMS.flatMap((mechanism) => [
  ["sasl" as const, mechanism],
  ["saslOverTls" as const, mechanism],
]) satisfies [string, string][];

describe.skipIf(without("tls"))("a broker that lets nobody in unasked", () => {
  let kafka: SecuredKafka;
  let stop: (() => PromiseLike<void>) | undefined;

  beforeAll(async () => {
    kafka = await startSecuredKafka();
    stop = () => kafka[Symbol.asyncDispose]();
    const cluster = new Cluster({ bootstrapServers: [kafka.plaintext], ssl: false, clientId: "setup" });
    const topics = [{ topic: TOPIC, numPartitions: 1, replicationFactor: 1 }];
    await until("the topic is made", async () => {
      const { topicErrors } = await cluster.call("any", "CreateTopics", {
        topics,
        validateOnly: false,
        timeout: 5_000,
      });
      return topicErrors[0]?.errorCode === 0;
    });
    cluster.close();
  }, 300_000);

  afterAll(async () => {
    await stop?.();
  });

  const settings = (address: string, sasl?: SaslSettings): KafkaSettings => {
    const ssl = address === kafka.tls || address === kafka.saslOverTls ? { ca: kafka.ca } : false;
    return { bootstrapServers: [address], ssl, clientId: "test", ...(sasl && { sasl }) };
  };

  const store = async (to: KafkaSettings) => {
    await using producer = await openProducer(to);
    return await producer.send({ topic: TOPIC, key: "k", value: Buffer.from("v"), timestamp: Date.now() });
  };

  test.each(WAYS)("stores over %s with %s", async (way, mechanism) => {
    const { username, password } = kafka;
    expect(await store(settings(kafka[way], { mechanism, username, password }))).toMatchObject({ status: "stored" });
  });

  test("stores over TLS alone", async () => {
    expect(await store(settings(kafka.tls))).toMatchObject({ status: "stored" });
  });

  test.each(WAYS)("a wrong password is refused soon, by name, over %s with %s", async (way, mechanism) => {
    const begun = performance.now();
    const wrong = settings(kafka[way], { mechanism, username: kafka.username, password: "wrong" });
    await expect(openProducer(wrong)).rejects.toMatchObject({ kind: "SASL_AUTHENTICATION_FAILED" });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test("a certificate that we do not trust is refused", async () => {
    await expect(openProducer({ ...settings(kafka.tls), ssl: true })).rejects.toMatchObject({ kind: "UNAVAILABLE" });
  });

  test.each(["tls", "sasl"] as const)("a client that speaks plain to %s gets an error, not silence", async (way) => {
    const plain = { bootstrapServers: [kafka[way]], ssl: false, clientId: "test" };
    await expect(openProducer(plain, { connectTimeoutMs: 2_000, deliveryTimeoutMs: 4_000 })).rejects.toMatchObject({
      kind: "UNAVAILABLE",
    });
  });
});
