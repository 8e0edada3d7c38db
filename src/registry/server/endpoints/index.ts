import type { Endpoint } from "../endpoint.ts";
import { CHECK } from "./check.ts";
import { COMPATIBILITY } from "./compatibility.ts";
import { CONFIG } from "./config.ts";
import { CONTEXTS } from "./contexts.ts";
import { MODE } from "./mode.ts";
import { SCHEMAS } from "./schemas.ts";
import { SERVER } from "./server.ts";
import { SUBJECTS } from "./subjects.ts";
import { VERSIONS } from "./versions.ts";

/** Every call that the server answers. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...SUBJECTS,
  ...VERSIONS,
  ...SCHEMAS,
  ...COMPATIBILITY,
  ...CONFIG,
  ...MODE,
  ...CONTEXTS,
  ...SERVER,
  ...CHECK,
];
