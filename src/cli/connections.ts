import { readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import type { RegistrySettings } from "../registry/index.ts";

/** The settings of the registry among all settings. Reads the file of the certificate authority where one is named. */
export function registrySettings(config: Config): RegistrySettings {
  return {
    url: config.registryUrl,
    ...(config.registryUsername !== "" && { username: config.registryUsername, password: config.registryPassword }),
    ...(config.registryCa !== "" && { ca: readFileSync(config.registryCa, "utf8") }),
  };
}
