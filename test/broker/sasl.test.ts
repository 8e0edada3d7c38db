import { afterAll, describe, expect, test } from "bun:test";
import { Kafka, logLevel } from "kafkajs";
import { openBroker } from "../../src/broker/index.ts";
import { openUsers } from "../../src/broker/sasl/index.ts";
import { openProducer } from "../../src/kafka/index.ts";
import { saslSuite, type User } from "../contract/broker/sasl.ts";
import { startSecuredKafka } from "../support/kafka/secured.ts";

const USER: User = { username: "ada", password: "secret" };
const ODD: User = { username: "b,=c", password: "ü,=\u{1f511}" };
const broker = await openBroker({ users: [USER, ODD], topics: [{ name: "secured" }] });
afterAll(() => broker.close());

saslSuite({ name: "Sluice", address: broker.address }, USER);
/** Apache Kafka has a listener that asks for credentials where the tests run on containers. */
const secured = process.env.SLUICE_TEST_CLUSTER === "docker" ? await startSecuredKafka() : undefined;
afterAll(() => secured?.[Symbol.asyncDispose]());

const UNCHECKED = "Apache Kafka does not compare the header (RFC 5802, 5.1)";
saslSuite(
  {
    name: "Apache Kafka",
    address: secured?.sasl,
    differs: {
      "SCRAM-SHA-256 takes no proof for another header than the exchange had": UNCHECKED,
      "SCRAM-SHA-512 takes no proof for another header than the exchange had": UNCHECKED,
    },
  },
  { username: secured?.username ?? "", password: secured?.password ?? "" },
);

const CLIENT_MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;
const WAYS = CLIENT_MECHANISMS.flatMap((mechanism) => [USER, ODD].map((user) => [mechanism, user] as const));

async function topicsByKafkajs(mechanism: (typeof CLIENT_MECHANISMS)[number], user: User) {
  // kafkajs types each mechanism's options apart, though they are the same.
  const sasl = { mechanism: mechanism as "plain", ...user };
  const kafka = new Kafka({ brokers: [broker.address], sasl, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

async function storeByOurs(mechanism: (typeof CLIENT_MECHANISMS)[number], user: User) {
  const settings = { bootstrapServers: [broker.address], ssl: false, clientId: "test", sasl: { mechanism, ...user } };
  await using producer = await openProducer(settings);
  return await producer.send({ topic: "secured", key: "k", value: Buffer.from("v"), timestamp: Date.now() });
}

describe("clients that know nothing of the broker", () => {
  test.each(WAYS)("kafkajs comes in by %s as %o", async (mechanism, user) => {
    expect(await topicsByKafkajs(mechanism, user)).toEqual(["secured"]);
  });

  test.each(WAYS)("our own client comes in by %s as %o", async (mechanism, user) => {
    expect(await storeByOurs(mechanism, user)).toMatchObject({ status: "stored" });
  });

  test.each(CLIENT_MECHANISMS)(
    "a wrong password by %s is refused, to kafkajs and to our own client",
    async (mechanism) => {
      const wrong = { ...ODD, password: "wrong" };
      await expect(topicsByKafkajs(mechanism, wrong)).rejects.toThrow("Authentication failed");
      await expect(storeByOurs(mechanism, wrong)).rejects.toThrow("AUTHENTICATION");
    },
  );
});

describe("users", () => {
  test("everybody is let in where there are no users", () => {
    expect(openUsers()).toMatchObject({ required: false, mechanisms: [] });
    expect(openUsers().begin("PLAIN")).toBeUndefined();
  });

  test("only the mechanisms that are named are offered", () => {
    const users = openUsers([USER], ["SCRAM-SHA-512"]);
    expect(users.mechanisms).toEqual(["SCRAM-SHA-512"]);
    expect(users.begin("PLAIN")).toBeUndefined();
    expect(users.begin("SCRAM-SHA-512")).toBeDefined();
  });

  test("a user who does not exist is asked for a proof like any other, with a salt that stays the same", () => {
    const users = openUsers([USER]);
    const challenge = (username: string) => {
      const { reply } = users.begin("SCRAM-SHA-256")?.step(Buffer.from(`n,,n=${username},r=abc`)) ?? {};
      return String(reply).replace(/^r=[^,]+,/, "");
    };
    expect(challenge("nobody")).toMatch(/^s=[A-Za-z0-9+/]{22}==,i=4096$/);
    expect(challenge("nobody")).toBe(challenge("nobody"));
    expect(challenge("nobody")).not.toBe(challenge("nobody-else"));
    expect(challenge(USER.username)).toMatch(/^s=[A-Za-z0-9+/]{22}==,i=4096$/);
  });

  test("a conversation that has failed is over", () => {
    const conversation = openUsers([USER]).begin("SCRAM-SHA-256");
    expect(() => conversation?.step(Buffer.from("garbage"))).toThrow("invalid credentials");
    expect(() => conversation?.step(Buffer.from("n,,n=ada,r=abc"))).toThrow("invalid credentials");
  });
});

test.each(["PLAIN", "SCRAM-SHA-256"] as const)(
  "the operator is told of a failed login by %s, without the password",
  async (mechanism) => {
    const told: unknown[] = [];
    await using watched = await openBroker({
      users: [USER],
      emit: (name, detail) => void (name === "broker.login.failed" && told.push(detail)),
    });
    // Typed as above.
    const sasl = { mechanism: mechanism.toLowerCase() as "plain", username: "ada", password: "wrong" };
    const kafka = new Kafka({ brokers: [watched.address], sasl, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    await expect(kafka.admin().connect()).rejects.toThrow();
    expect(told).toEqual([{ clientHost: expect.stringContaining("127.0.0.1"), mechanism, username: "ada" }]);
  },
);

test("a client that does not say who it is is told of as an error with a kind, which has no stack in the log", async () => {
  const told: unknown[] = [];
  await using watched = await openBroker({
    users: [USER],
    emit: (name, detail) => void (name === "broker.connection.failed" && "error" in detail && told.push(detail.error)),
  });
  const kafka = new Kafka({ brokers: [watched.address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = kafka.admin();
  await admin.connect();
  await expect(admin.listTopics()).rejects.toThrow();
  await admin.disconnect();
  expect(told).toContainEqual(expect.objectContaining({ kind: "PROTOCOL" }));
});
