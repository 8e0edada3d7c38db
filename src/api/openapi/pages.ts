import { openapi } from "@elysia/openapi";
import { type AnyElysia, Elysia } from "elysia";
import type { ServedTopic } from "../served-topic.ts";
import { documentOf } from "./document.ts";

interface Paths {
  readonly path: string;
  readonly bundle: string;
  readonly styles: string;
}

/** The page at `path` and its document below it. Loaded for the first who asks: few processes are ever asked. */
export const pages = (topics: readonly ServedTopic[], { path, bundle, styles }: Paths): AnyElysia =>
  new Elysia().use(
    openapi({
      path,
      provider: "swagger-ui",
      swagger: {
        cdn: bundle,
        theme: styles,
        autoDarkMode: false,
        deepLinking: true,
        tryItOutEnabled: true,
        defaultModelsExpandDepth: 0,
      },
      // The document is JSON that the plugin passes on; its type knows OpenAPI 3.1 in more detail than ours.
      documentation: documentOf(topics) as object,
    }),
  );
