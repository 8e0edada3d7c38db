import type { Handler } from "../parts.ts";
import { metadata } from "./03-metadata.ts";
import { apiVersions } from "./18-api-versions.ts";
import { createTopics } from "./19-create-topics.ts";

/** Every request that is answered. What ApiVersions tells and the table in the README come from this list. */
export const HANDLERS: readonly Handler[] = [metadata, apiVersions(() => HANDLERS), createTopics];
