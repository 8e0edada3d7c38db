export { type Conversation, LoginFailed } from "./conversation.ts";
export { converse, type Identity } from "./converse.ts";
export { type Mechanism, openUsers, type User, type Users } from "./users.ts";
