import { Elysia } from "elysia";
import type { Door } from "./door.ts";

export { createDoor, type Door } from "./door.ts";
export { MEDIA_TYPES } from "./media-type.ts";

/**
 * Events in. One route for all topics, and nothing of Elysia's between the request and the door: each topic's own
 * schema checks its events. The OpenAPI document has an operation for each topic instead.
 */
export const eventsRoutes = (door: Door) =>
  new Elysia({ name: "events" }).post(
    "/topics/:topic/events",
    ({ request, params }) => door.post(request, params.topic),
    { parse: "none", detail: { hide: true } },
  );
