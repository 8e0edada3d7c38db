/** Addresses of the Kafka, registry and PostgreSQL that the test runner started; undefined where it started none. */
export interface Cluster {
  readonly kafka: string;
  readonly registry: string;
  readonly postgres: string;
}

const { TEST_KAFKA, TEST_REGISTRY, TEST_POSTGRES } = process.env;

export const cluster: Cluster | undefined =
  TEST_KAFKA && TEST_REGISTRY && TEST_POSTGRES
    ? { kafka: TEST_KAFKA, registry: TEST_REGISTRY, postgres: TEST_POSTGRES }
    : undefined;

/** A suffix that no other test has, for the names of topics, subjects and groups. */
export const unique = (): string => crypto.randomUUID().slice(0, 8);
