import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { type Admin, KafkaError, kafkaSettings, openAdmin } from "../kafka/index.ts";
import { createRegistry, type Registry, RegistryError, type RegistrySettings } from "../registry/index.ts";
import { CommandFailed } from "./exit.ts";

/** The settings of the registry among all settings. Reads the file of the certificate authority where one is named. */
export function registrySettings(config: Config): RegistrySettings {
  return {
    url: config.registryUrl,
    ...(config.registryUsername !== "" && { username: config.registryUsername, password: config.registryPassword }),
    ...(config.registryCa !== "" && { ca: readFileSync(config.registryCa, "utf8") }),
  };
}

/** Lets a command use the registry. What goes wrong with it is told with the setting that says where it is. */
export async function withRegistry<T>(config: Config, use: (registry: Registry) => Promise<T>): Promise<T> {
  const registry = createRegistry(registrySettings(config));
  try {
    return await use(registry);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new CommandFailed(`the registry, SCHEMA_REGISTRY_URL=${config.registryUrl}: ${error.message}`, {
      cause: error,
    });
  } finally {
    registry.close();
  }
}

/** Lets a command look after topics and groups. What goes wrong is told with the setting that says where Kafka is. */
export async function withAdmin<T>(config: Config, use: (admin: Admin) => Promise<T>): Promise<T> {
  let admin: Admin | undefined;
  try {
    admin = await openAdmin(kafkaSettings(config, "sluice-cli"));
    return await use(admin);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    const where = `KAFKA_BOOTSTRAP_SERVERS=${config.bootstrapServers.join(",")}`;
    throw new CommandFailed(`Kafka, ${where}: ${error.message.replace(/^UNAVAILABLE: /, "")}`, { cause: error });
  } finally {
    await admin?.close();
  }
}
