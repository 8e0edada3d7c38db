import { openapi } from "@elysia/openapi";
import { Elysia } from "elysia";
import styles from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
// As files, so that a compiled executable carries them along.
import bundle from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import type { ServedTopic } from "../served-topic.ts";
import { documentOf } from "./document.ts";

const PATH = "/openapi";
const BUNDLE = `${PATH}/swagger-ui.js`;
const STYLES = `${PATH}/swagger-ui.css`;

/** The page, and the document that it shows. Nothing of it comes from another host: it works without the internet. */
export const openapiRoutes = (topics: readonly ServedTopic[]) =>
  new Elysia({ name: "openapi" })
    .get(BUNDLE, () => asset(bundle, "text/javascript; charset=utf-8"), { detail: { hide: true } })
    .get(STYLES, () => asset(styles, "text/css; charset=utf-8"), { detail: { hide: true } })
    .use(described(topics));

const described = (topics: readonly ServedTopic[]) =>
  openapi({
    path: PATH,
    provider: "swagger-ui",
    swagger: {
      cdn: BUNDLE,
      theme: STYLES,
      autoDarkMode: false,
      deepLinking: true,
      tryItOutEnabled: true,
      defaultModelsExpandDepth: 0,
    },
    // The document is JSON that the plugin passes on; its type knows OpenAPI 3.1 in more detail than ours.
    documentation: documentOf(topics) as object,
  });

/** A version of the package never changes; a restart with another version is seen within the hour. */
const CACHE = "public, max-age=3600";

function asset(path: string, type: string): Response {
  return new Response(Bun.file(path), { headers: { "content-type": type, "cache-control": CACHE } });
}
