/** Addresses of the Kafka and the registry that the test runner started; undefined where it started none. */
export interface Cluster {
  readonly kafka: string;
  readonly registry: string;
  /** PostgreSQL, which runs in a container or not at all. */
  readonly postgres: string | undefined;
}

const { TEST_KAFKA, TEST_REGISTRY, TEST_POSTGRES, SLUICE_TEST_CLUSTER } = process.env;

export const cluster: Cluster | undefined =
  TEST_KAFKA && TEST_REGISTRY
    ? { kafka: TEST_KAFKA, registry: TEST_REGISTRY, postgres: TEST_POSTGRES || undefined }
    : undefined;

/** What some suites need beyond a broker and a registry, and why no embedded part gives it. */
export const NEEDS = {
  kafka: "Apache Kafka and its tools, which the embedded broker is compared with (`TEST_APACHE_KAFKA`)",
  postgres: "PostgreSQL, which nothing embeds",
  brokers: "several brokers that are processes of their own, to be killed and frozen one by one",
  tls: "a broker that listens with TLS, which the embedded one does not",
  compose: "Docker Compose, to build and run the image that goes into production",
} as const;

/** Whether this run has to do without it; for `describe.skipIf`. */
export const without = (need: keyof typeof NEEDS): boolean =>
  need === "postgres" ? cluster?.postgres === undefined : SLUICE_TEST_CLUSTER !== "docker";

/** A suffix that no other test has, for the names of topics, subjects and groups. */
export const unique = (): string => crypto.randomUUID().slice(0, 8);
