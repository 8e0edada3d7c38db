import { describe, expect, test } from "bun:test";
import { ConfigError, readConfig, SETTINGS, settingsTable } from "../src/config.ts";
import { expectPrinted } from "./support/page.ts";

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe("readConfig", () => {
  test("an empty environment gives every setting its default", () => {
    const config = readConfig({});
    expect(config).toEqual(
      Object.fromEntries(Object.entries(SETTINGS).map(([name, { fallback }]) => [name, fallback])) as typeof config,
    );
  });

  test("an empty value counts as not set", () => {
    expect(readConfig({ HTTP_PORT: "" }).httpPort).toBe(3000);
  });

  test("values are parsed into their types", () => {
    const config = readConfig({
      KAFKA_BOOTSTRAP_SERVERS: "one:9092, two:9093,[::1]:9094",
      KAFKA_SSL: "true",
      SCHEMA_REGISTRY_URL: "https://registry.example/apis/ccompat/v7/",
      HTTP_PORT: "0",
    });
    expect(config.bootstrapServers).toEqual(["one:9092", "two:9093", "[::1]:9094"]);
    expect(config.kafkaSsl).toBe(true);
    expect(config.registryUrl).toBe("https://registry.example/apis/ccompat/v7");
    expect(config.httpPort).toBe(0);
  });

  test("every wrong value is named at once, with what was given and what was expected", () => {
    expect(problemsOf({ HTTP_PORT: "70000", KAFKA_SSL: "yes", DATABASE_URL: "mysql://x", LOG_LEVEL: "loud" })).toEqual([
      "KAFKA_SSL=yes: TLS to the brokers: true or false.",
      "DATABASE_URL=mysql://x: Where workers keep their tables: postgres://… or sqlite://…",
      "HTTP_PORT=70000: Port of the HTTP API. 0 picks a free one.",
      "LOG_LEVEL=loud: Least severe lines that are printed. One of info, debug, warn, error, silent.",
    ]);
  });

  test.each(["KAFKA_BOOTSTRAP_SERVER", "SLUICE_SCHEMA", "SCHEMA_REGISTRY_URI"])(
    "%s is not a setting, and is refused",
    (name) => {
      expect(problemsOf({ [name]: "x" })).toEqual([`${name}: no such setting; \`sluice --help\` lists them.`]);
    },
  );

  test("variables that are nobody's of ours are left alone", () => {
    expect(problemsOf({ PATH: "/bin", KAFKA_IMAGE: "apache/kafka", SLUICE_TEST_CLUSTER: "docker" })).toEqual([]);
  });

  test("SASL without a user name is refused before a broker refuses it", () => {
    expect(problemsOf({ KAFKA_SASL_MECHANISM: "PLAIN" })).toEqual([
      "KAFKA_SASL_MECHANISM=PLAIN: needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.",
    ]);
  });

  test("a wrong database URL does not print its password", () => {
    expect(problemsOf({ DATABASE_URL: "mysql://root:secret@db/x" }).join()).not.toContain("secret");
  });
});

test("the README lists exactly the settings that the program reads", () =>
  expectPrinted("README.md", "settings", settingsTable()));
