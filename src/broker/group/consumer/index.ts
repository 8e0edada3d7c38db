export { checkConsumer } from "./commit.ts";
export { expireConsumers } from "./expire.ts";
export {
  assertHeartbeat,
  type ConsumerHeartbeat,
  type ConsumerHeartbeatAnswer,
  consumerHeartbeat,
} from "./heartbeat.ts";
export {
  type ConsumerGroup,
  type ConsumerGroupSettings,
  type ConsumerMember,
  type ConsumerTurn,
  consumerGroup,
  nextConsumerDeadline,
  type Place,
  partitionOf,
  placeOf,
  stateOf,
  type TopicLookup,
  topicIdOf,
} from "./state.ts";
