import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { KafkaError } from "./errors.ts";

export interface SaslSettings {
  readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
  readonly username: string;
  readonly password: string;
}

/** What `tls.connect` needs beyond the address; PEM texts. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where Kafka is and how to get in. */
export interface KafkaSettings {
  /** `host:port`, or `[address]:port` for IPv6. */
  readonly bootstrapServers: readonly string[];
  readonly ssl: boolean | TlsSettings;
  readonly sasl?: SaslSettings;
  readonly clientId: string;
}

/** The settings of Kafka among all settings. Reads the file of the certificate authority where one is named. */
export function kafkaSettings(config: Config, clientId: string): KafkaSettings {
  const { bootstrapServers, kafkaSsl, kafkaSslCa, saslMechanism, saslUsername, saslPassword } = config;
  const ssl = kafkaSsl && kafkaSslCa !== "" ? { ca: readFileSync(kafkaSslCa, "utf8") } : kafkaSsl;
  if (saslMechanism === "") return { bootstrapServers, ssl, clientId };
  const mechanism = MECHANISMS[saslMechanism];
  return { bootstrapServers, ssl, clientId, sasl: { mechanism, username: saslUsername, password: saslPassword } };
}

const MECHANISMS = {
  PLAIN: "plain",
  "SCRAM-SHA-256": "scram-sha-256",
  "SCRAM-SHA-512": "scram-sha-512",
} as const;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** @throws KafkaError INVALID_OPTION where the text is not `host:port`. */
export function addressOf(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) throw new KafkaError("INVALID_OPTION", `${text} is not host:port`);
  return { host, port };
}
