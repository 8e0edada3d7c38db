import { Elysia } from "elysia";
import { responsesFor } from "../openapi/components.ts";
import type { Checker } from "./checker.ts";

export { type Checker, createChecker } from "./checker.ts";

/** What a change of a schema would break, before it is in the folder. Nothing is registered. */
export const schemasRoutes = (checker: Checker) =>
  new Elysia({ name: "schemas" }).post("/schemas/check", ({ request }) => checker.post(request), {
    parse: "none",
    detail: {
      summary: "What the schema gate finds in a schema",
      description:
        "The findings of `sluice check --against registry --format json`, as if the schema stood in the folder of schemas. A schema that breaks readers, or is none, is a finding and no problem.",
      tags: ["Schemas"],
      requestBody: {
        required: true,
        content: { "application/json": { schema: { $ref: "#/components/schemas/SchemaCheck" } } },
      },
      responses: {
        200: {
          description: "What was found.",
          content: { "application/json": { schema: { type: "object", required: ["version", "counts", "findings"] } } },
        },
        ...responsesFor([
          "MALFORMED_JSON",
          "EMPTY_BODY",
          "BODY_TIMEOUT",
          "BODY_TOO_LARGE",
          "UNSUPPORTED_MEDIA_TYPE",
          "INVALID_CHECK",
          "CHECKS_FULL",
          "REGISTRY_UNAVAILABLE",
        ]),
      },
    },
  });
