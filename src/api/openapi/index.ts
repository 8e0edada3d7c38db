// Named here, the types come along into the program of whoever imports this.
/// <reference path="./swagger-ui.d.ts" />
import { type AnyElysia, Elysia } from "elysia";
import styles from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
// As files, so that a compiled executable carries them along.
import bundle from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import type { ServedTopic, ServedTopics } from "../served-topic.ts";

const PATH = "/openapi";
const BUNDLE = `${PATH}/swagger-ui.js`;
const STYLES = `${PATH}/swagger-ui.css`;

/**
 * The page, and the document that it shows. Nothing of it comes from another host: it works without the internet.
 * `described` makes the routes that the document describes besides the topics.
 */
export const openapiRoutes = (topics: ServedTopics, described: () => AnyElysia) => {
  const pages = createPages(topics, described);
  const page = async ({ request: { url } }: { request: Request }) => (await pages()).handle(new Request(url));
  return new Elysia({ name: "openapi" })
    .get(BUNDLE, () => asset(bundle, "text/javascript; charset=utf-8"), { detail: { hide: true } })
    .get(STYLES, () => asset(styles, "text/css; charset=utf-8"), { detail: { hide: true } })
    .get(PATH, page, { detail: { hide: true } })
    .get(`${PATH}/json`, page, { detail: { hide: true } });
};

/** The pages as an app of their own: made for the first who asks, and again once other topics are served. */
function createPages(topics: ServedTopics, described: () => AnyElysia): () => Promise<AnyElysia> {
  let made: { readonly of: readonly ServedTopic[]; readonly app: Promise<AnyElysia> } | undefined;
  return () => {
    if (made?.of !== topics.all) made = { of: topics.all, app: make(topics.all) };
    return made.app;
  };

  async function make(all: readonly ServedTopic[]): Promise<AnyElysia> {
    const { pages } = await import("./pages.ts");
    return pages(all, { path: PATH, bundle: BUNDLE, styles: STYLES }).use(described());
  }
}

/** A version of the package never changes; a restart with another version is seen within the hour. */
const CACHE = "public, max-age=3600";

function asset(path: string, type: string): Response {
  return new Response(Bun.file(path), { headers: { "content-type": type, "cache-control": CACHE } });
}
