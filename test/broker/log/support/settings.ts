import type { LogSettings } from "../../../../src/broker/log/index.ts";

/** Kafka's defaults, but for what a test says. */
export const settingsOf = (given: Partial<LogSettings> = {}): LogSettings => ({
  segmentBytes: 1 << 30,
  segmentMs: 604_800_000,
  retentionBytes: -1,
  retentionMs: 604_800_000,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  compact: false,
  delete: true,
  minCleanableDirtyRatio: 0.5,
  deleteRetentionMs: 86_400_000,
  timestampType: "CreateTime",
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: 3_600_000,
  ...given,
});
