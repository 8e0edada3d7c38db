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
      "KAFKA_SSL=yes: expected true or false",
      "DATABASE_URL=mysql://x: expected a URL that begins with postgres:// or sqlite://",
      "HTTP_PORT=70000: expected a port, 0 to 65535",
      "LOG_LEVEL=loud: expected one of info, debug, warn, error, silent",
    ]);
  });

  test.each([
    ["SCHEMA_REGISTRY_URL", "foo", "a URL that begins with http:// or https://"],
    ["KAFKA_BOOTSTRAP_SERVERS", "one", "host:port, or several with commas between them"],
    ["HTTP_BODY_BYTES_MAX", "0", "a whole number, 1 to 2147483647"],
  ])("%s=%s: expected %s", (name, given, expected) => {
    expect(problemsOf({ [name]: given })).toEqual([`${name}=${given}: expected ${expected}`]);
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
