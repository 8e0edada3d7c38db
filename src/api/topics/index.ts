import { Elysia, t } from "elysia";
import type { Registry } from "../../registry/index.ts";
import { RegistryError } from "../../registry/index.ts";
import type { ServedTopic, ServedTopics } from "../served-topic.ts";

/** What can be posted, and what it has to look like. */
export const topicsRoutes = (topics: ServedTopics, registry: Pick<Registry, "versions">) =>
  new Elysia({ name: "topics" })
    .get("/topics", () => ({ topics: topics.all.map(summaryOf) }), {
      response: t.Object({ topics: t.Array(SUMMARY) }),
      detail: { summary: "All topics", tags: ["Topics"] },
    })
    .get(
      "/topics/:topic",
      async ({ params }) => {
        const topic = topics.get(params.topic);
        return { ...describe(topic), versions: await versionsOf(registry, topic) };
      },
      {
        params: t.Object({ topic: t.String({ description: "Name of the topic, such as orders.order.created.v1" }) }),
        response: { 200: DESCRIPTION },
        detail: { summary: "A topic: its schema, key and versions", tags: ["Topics"] },
      },
    );

const LINKS = t.Object({ self: t.String(), events: t.String() });

const SUMMARY_MEMBERS = {
  topic: t.String(),
  eventType: t.String(),
  major: t.Integer(),
  description: t.String(),
  owner: t.String(),
  schemaId: t.Integer(),
  links: LINKS,
};

const SUMMARY = t.Object(SUMMARY_MEMBERS);

const DESCRIPTION = t.Object({
  ...SUMMARY_MEMBERS,
  subject: t.String(),
  versions: t.Union([t.Array(t.Integer()), t.Null()], {
    description: "Versions registered under the subject; null while the registry does not answer.",
  }),
  key: t.Array(t.String(), { description: "JSON pointers of the fields that make the Kafka key; empty for no key." }),
  id: t.Union([t.String(), t.Null()], { description: "JSON pointer of the event's own id." }),
  time: t.Union([t.String(), t.Null()], { description: "JSON pointer of the event's time." }),
  compatibility: t.String(),
  partitions: t.Integer(),
  schema: t.Unknown({ description: "The Avro schema, self-contained." }),
});

function summaryOf({ name, declared, schemaId }: ServedTopic) {
  const { eventType, major, description, owner } = declared;
  const self = `/topics/${encodeURIComponent(name)}`;
  return { topic: name, eventType, major, description, owner, schemaId, links: { self, events: `${self}/events` } };
}

function describe(topic: ServedTopic) {
  const { subject, key, idPath, timePath, compatibility, partitions, schema } = topic.declared;
  return {
    ...summaryOf(topic),
    subject,
    key: key.map(pointerOf),
    id: idPath === undefined ? null : pointerOf(idPath),
    time: timePath === undefined ? null : pointerOf(timePath),
    compatibility,
    partitions,
    schema: schema.json,
  };
}

/** Avro names need no escaping in a JSON pointer. */
function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${name}`).join("");
}

async function versionsOf(registry: Pick<Registry, "versions">, { declared }: ServedTopic): Promise<number[] | null> {
  try {
    return await registry.versions(declared.subject);
  } catch (error) {
    // All the rest is known without the registry.
    if (error instanceof RegistryError) return null;
    throw error;
  }
}
