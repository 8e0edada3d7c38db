export { BROKER_CONFIGS, brokerValues } from "./broker.ts";
export type { ConfigDefinition } from "./definition.ts";
export { describeBroker, describeTopic } from "./describe.ts";
export { entriesOf } from "./kinds.ts";
export { assertConfigs, logSettingsOf, readConfigs } from "./settings.ts";
export { TOPIC_CONFIGS } from "./topic.ts";
