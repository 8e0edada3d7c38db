export { type Client, type ClientOptions, createClient, type SendAllOptions, type SendOptions } from "./client.ts";
export type { DoorProblem, EventError, Receipt } from "./door.ts";
export { BatchNotStored, DoorUnavailable, EventRefused, OutcomeUnknown, SendError } from "./errors.ts";
export type { RetryPolicy } from "./retry.ts";
