export { type GroupsOptions, openGroups } from "./coordinator.ts";
export type { CoordinatorSettings } from "./settings.ts";
export type {
  Caller,
  CommittedOffset,
  FetchedOffset,
  GroupAnswer,
  GroupDescription,
  GroupRequest,
  Groups,
  ListedGroup,
  OffsetsOfTopic,
} from "./types.ts";
