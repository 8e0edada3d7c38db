export { type CommitRequest, commit } from "./commit.ts";
export { expire } from "./expire.ts";
export { type HeartbeatRequest, heartbeat } from "./heartbeat.ts";
export { type JoinRequest, join, refuseJoin } from "./join.ts";
export { type Leaving, leave } from "./leave.ts";
export { metadataOf, refusal, refusedSync } from "./members.ts";
export { CONSUMER_PROTOCOL_TYPE, isSubscribedTo, topicsOf } from "./protocols.ts";
export { prepareRebalance } from "./rebalance.ts";
export {
  type ClassicGroup,
  emptyGroup,
  type GroupSettings,
  type GroupState,
  type JoinAnswer,
  type Member,
  MOVES,
  moveTo,
  nextDeadline,
  type ParkedAnswer,
  STATE_NAMES,
  type SyncAnswer,
  startTurn,
  type Turn,
} from "./state.ts";
export { type SyncRequest, sync } from "./sync.ts";
