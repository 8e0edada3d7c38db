export type { Caller, CommittedOffset, GroupAnswer, GroupRequest, Groups } from "./groups/index.ts";
