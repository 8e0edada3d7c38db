import { type Broker, openBroker } from "../../src/broker/index.ts";

/** A broker that clients are driven against. */
export interface Target extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** Every client is driven against ours, and against Apache Kafka, so that the tests themselves are right. */
export const TARGETS: readonly (readonly [name: string, open: () => Promise<Target>])[] = [
  ["ours", (): Promise<Broker> => openBroker({})],
  [
    "Apache Kafka",
    async () => ({ address: process.env.TEST_APACHE_KAFKA ?? "", [Symbol.asyncDispose]: async () => {} }),
  ],
];
