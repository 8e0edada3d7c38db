import type { ConsumerGroupSettings } from "../group/consumer/index.ts";
import type { GroupSettings } from "../group/index.ts";

/** What a coordinator allows. Each can be given; the defaults are Apache Kafka's. */
export interface CoordinatorSettings extends GroupSettings, ConsumerGroupSettings {
  /** How many groups there may be. */
  readonly groupsMax: number;
  /** What a member may say of itself, in all protocols together. */
  readonly memberBytesMax: number;
  /** What a leader may give out, all assignments together. */
  readonly assignmentBytesMax: number;
  /** The largest metadata beside an offset, in characters. */
  readonly offsetMetadataMax: number;
  /** How long offsets are kept after the last member has gone. */
  readonly offsetsRetentionMs: number;
  readonly offsetsCheckMs: number;
}

export const SETTINGS: CoordinatorSettings = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  initialRebalanceDelayMs: 0,
  newMemberJoinTimeoutMs: 300_000,
  membersMax: 10_000,
  consumerSessionTimeoutMs: 45_000,
  consumerHeartbeatIntervalMs: 5_000,
  groupsMax: 10_000,
  memberBytesMax: 1024 * 1024,
  assignmentBytesMax: 32 * 1024 * 1024,
  offsetMetadataMax: 4096,
  offsetsRetentionMs: 7 * 24 * 60 * 60 * 1000,
  offsetsCheckMs: 10 * 60 * 1000,
};
