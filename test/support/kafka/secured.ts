import { join } from "node:path";
import { GenericContainer, Wait } from "testcontainers";
import { imagesOf } from "../containers.ts";
import { freePort } from "../free-port.ts";
import { createScramUser } from "./scram-user.ts";

/** A broker with a listener for each way to get in. Addresses are of 127.0.0.1, which the certificate names. */
export interface SecuredKafka extends AsyncDisposable {
  readonly plaintext: string;
  readonly tls: string;
  readonly sasl: string;
  readonly saslOverTls: string;
  /** PEM text of the certificate, which is its own authority. */
  readonly ca: string;
  readonly username: string;
  readonly password: string;
}

const USERNAME = "sluice";
const PASSWORD = "open-sesame";
const STORE = "/tmp/keystore.pem";
const INSIDE = { OPEN: 19092, CRYPT: 19093, SECRET: 19094, SECURE: 19095 } as const;

/** The listeners are not named `SSL`: the public image then asks for key stores of its own making. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const [certificate, key] = await Promise.all(
    ["certificate.pem", "key.pem"].map((name) => Bun.file(join(import.meta.dir, "../../registry/tls", name)).text()),
  );
  const names = ["OPEN", "CRYPT", "SECRET", "SECURE"] as const;
  const ports = await Promise.all(names.map(() => freePort()));
  const [open = 0, crypt = 0, secret = 0, secure = 0] = ports;
  const container = await new GenericContainer(imagesOf(process.env).kafka)
    .withEnvironment(environment({ OPEN: open, CRYPT: crypt, SECRET: secret, SECURE: secure }))
    .withCopyContentToContainer([{ content: `${key}${certificate}`, target: STORE, mode: 0o644 }])
    .withExposedPorts(...names.map((name, index) => ({ container: INSIDE[name], host: ports[index] ?? 0 })))
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(240_000)
    .start();
  const stop = async () => {
    await container.stop({ timeout: 0, remove: true, removeVolumes: true });
  };
  try {
    await createScramUser("127.0.0.1", open, USERNAME, PASSWORD);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    plaintext: `127.0.0.1:${open}`,
    tls: `127.0.0.1:${crypt}`,
    sasl: `127.0.0.1:${secret}`,
    saslOverTls: `127.0.0.1:${secure}`,
    ca: certificate ?? "",
    username: USERNAME,
    password: PASSWORD,
    [Symbol.asyncDispose]: stop,
  };
}

function environment(ports: Readonly<Record<keyof typeof INSIDE, number>>): Record<string, string> {
  const outside = Object.entries(ports).map(([name, port]) => `${name}://127.0.0.1:${port}`);
  const inside = Object.entries(INSIDE).map(([name, port]) => `${name}://:${port}`);
  return {
    KAFKA_HEAP_OPTS: "-Xms192m -Xmx320m",
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_LISTENERS: ["BROKER://:9092", "CONTROLLER://:9093", ...inside].join(","),
    KAFKA_ADVERTISED_LISTENERS: ["BROKER://localhost:9092", ...outside].join(","),
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
      "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,OPEN:PLAINTEXT,CRYPT:SSL,SECRET:SASL_PLAINTEXT,SECURE:SASL_SSL",
    KAFKA_INTER_BROKER_LISTENER_NAME: "BROKER",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: "false",
    KAFKA_SSL_KEYSTORE_TYPE: "PEM",
    KAFKA_SSL_KEYSTORE_LOCATION: STORE,
    KAFKA_SASL_ENABLED_MECHANISMS: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    ...jaas("SECRET"),
    ...jaas("SECURE"),
  };
}

function jaas(listener: string): Record<string, string> {
  const plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
  const prefix = `KAFKA_LISTENER_NAME_${listener}`;
  return {
    [`${prefix}_PLAIN_SASL_JAAS_CONFIG`]: `${plain} required user_${USERNAME}="${PASSWORD}";`,
    // Three underscores stand for a dash.
    [`${prefix}_SCRAM___SHA___256_SASL_JAAS_CONFIG`]: `${scram} required;`,
    [`${prefix}_SCRAM___SHA___512_SASL_JAAS_CONFIG`]: `${scram} required;`,
  };
}
