import type { Handler } from "../parts.ts";
import { produce } from "./00-produce.ts";
import { fetch } from "./01-fetch.ts";
import { listOffsets } from "./02-list-offsets.ts";
import { metadata } from "./03-metadata.ts";
import { saslHandshake } from "./17-sasl-handshake.ts";
import { apiVersions } from "./18-api-versions.ts";
import { createTopics } from "./19-create-topics.ts";
import { deleteTopics } from "./20-delete-topics.ts";
import { offsetForLeaderEpoch } from "./23-offset-for-leader-epoch.ts";
import { saslAuthenticate } from "./36-sasl-authenticate.ts";

/** Every request that is answered. What ApiVersions tells and the table in the README come from this list. */
export const HANDLERS: readonly Handler[] = [
  produce,
  fetch,
  listOffsets,
  metadata,
  saslHandshake,
  apiVersions(() => HANDLERS),
  createTopics,
  deleteTopics,
  offsetForLeaderEpoch,
  saslAuthenticate,
];
