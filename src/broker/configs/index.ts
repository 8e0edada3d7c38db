export type { ConfigDefinition } from "./definition.ts";
export { CONFIG_TYPES } from "./kinds.ts";
export { assertConfigs, logSettingsOf } from "./settings.ts";
export { TOPIC_CONFIGS } from "./topic.ts";
