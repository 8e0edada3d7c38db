export { type ApiParts, createApi } from "./api.ts";
export { MEDIA_TYPES } from "./events/index.ts";
export { type Limits, limitsOf } from "./limits.ts";
export { PROBLEMS, type ProblemKind, problemTable, problemUrn } from "./problems.ts";
export { type ServedTopic, type ServedTopics, serveTopics } from "./served-topic.ts";
export { type ApiStopped, type RunningApi, type ServerParts, startApi } from "./server.ts";
export { StartupError } from "./startup.ts";
