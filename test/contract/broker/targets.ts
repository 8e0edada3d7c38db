import type { BrokerUnderTest } from "./suite.ts";

/**
 * The brokers that every suite in this folder is run against: ours, started once for the file, and the Apache Kafka that
 * the test runner started, where it did (`TEST_APACHE_KAFKA`).
 */
export const apacheKafka: BrokerUnderTest = { name: "Apache Kafka", address: process.env.TEST_APACHE_KAFKA };
