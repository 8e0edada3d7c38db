import { expect, test } from "bun:test";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { kafkaSettings } from "../../src/kafka/index.ts";
import { addressOf } from "../../src/kafka/settings.ts";

const settingsOf = (env: Record<string, string>) => kafkaSettings(readConfig(env), "test");

test("without TLS and SASL only the addresses remain", () => {
  expect(settingsOf({ KAFKA_BOOTSTRAP_SERVERS: "a:1,b:2" })).toEqual({
    bootstrapServers: ["a:1", "b:2"],
    ssl: false,
    clientId: "test",
  });
});

test.each([
  ["PLAIN", "plain"],
  ["SCRAM-SHA-256", "scram-sha-256"],
  ["SCRAM-SHA-512", "scram-sha-512"],
] as const)("%s is passed on with its credentials", (given, mechanism) => {
  const env = { KAFKA_SASL_MECHANISM: given, KAFKA_SASL_USERNAME: "u", KAFKA_SASL_PASSWORD: "p" };
  expect(settingsOf(env).sasl).toEqual({ mechanism, username: "u", password: "p" });
});

test("the certificate authority is read from its file, and only with TLS", () => {
  const KAFKA_SSL_CA = join(import.meta.dir, "settings.test.ts");
  expect(settingsOf({ KAFKA_SSL: "true", KAFKA_SSL_CA }).ssl).toMatchObject({
    ca: expect.stringContaining("KAFKA_SSL_CA"),
  });
  expect(settingsOf({ KAFKA_SSL: "true" }).ssl).toBe(true);
  expect(settingsOf({ KAFKA_SSL: "false", KAFKA_SSL_CA }).ssl).toBe(false);
});

test.each([
  ["kafka:9092", "kafka", 9092],
  ["127.0.0.1:1", "127.0.0.1", 1],
  ["[::1]:9092", "::1", 9092],
] as const)("%p is host %p, port %p", (text, host, port) => {
  expect(addressOf(text)).toEqual({ host, port });
});
