export { type Broker, type BrokerOptions, openBroker } from "./broker.ts";
export {
  type ApiName,
  type Effect,
  type Fault,
  type FaultDoor,
  type Faults,
  type Match,
  type Rule,
  serveFaults,
} from "./faults/index.ts";
export { LIMITS, type Limits } from "./limits.ts";
export { diskFiles, type Files, memoryFiles } from "./log/index.ts";
export type { Node } from "./nodes.ts";
export type { NewTopic, Topic } from "./topics.ts";
