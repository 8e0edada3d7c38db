import { exampleOf, type Json, jsonSchemaOf } from "../../avro/index.ts";
import { SCHEMA_CHECK } from "../schemas/document.ts";
import type { ServedTopic } from "../served-topic.ts";
import { ANSWERS, problemResponses } from "./components.ts";

/** What the document says besides the routes of Elysia: an operation for each topic, typed by its Avro schema. */
export function documentOf(topics: readonly ServedTopic[]) {
  return {
    info: {
      title: "Sluice",
      version: "1",
      description:
        "Events in over HTTP, checked Avro on Kafka out. Each topic takes one JSON object, an array, or newline-delimited JSON, and answers with a receipt once Kafka has acknowledged the event.",
    },
    tags: [
      { name: "Events", description: "Post events. One operation for each topic." },
      { name: "Topics", description: "What can be posted." },
      { name: "Schemas", description: "What a change of a schema would break." },
      { name: "Operations", description: "Health and metrics." },
    ],
    paths: Object.fromEntries(topics.map((topic) => [`/topics/${topic.name}/events`, { post: operationOf(topic) }])),
    components: { schemas: { ...ANSWERS, SchemaCheck: SCHEMA_CHECK, ...Object.assign({}, ...topics.map(schemasOf)) } },
  };
}

/** The event's schema under the topic's name, and the recursive types in it under names after that. */
function schemasOf({ name, declared }: ServedTopic): Record<string, Json> {
  const written = jsonSchemaOf(declared.schema, { refPrefix: `${refTo(name)}.` });
  if (typeof written !== "object" || written === null || Array.isArray(written)) return { [name]: written };
  const { $defs = {}, ...root } = written;
  const inner = Object.entries($defs ?? {}).map(([key, schema]) => [`${name}.${key}`, schema]);
  return { [name]: root, ...Object.fromEntries(inner) };
}

function operationOf({ name, declared }: ServedTopic) {
  return {
    operationId: `post-${name}`,
    tags: ["Events"],
    summary: declared.description || `Post to ${name}`,
    description: `Key: ${keyOf(declared.key)}. Owner: ${declared.owner || "nobody yet"}.`,
    parameters: PARAMETERS,
    requestBody: { required: true, content: contentOf(name, exampleOf(declared.schema)) },
    responses: {
      200: jsonAnswer("All events are stored.", "Receipt", "BatchAnswer"),
      202: jsonAnswer("All events were checked and wait for Kafka.", "Acceptance", "BatchAcceptance"),
      207: jsonAnswer("Some events of the batch are not stored; each says why.", "BatchAnswer", "BatchAcceptance"),
      ...problemResponses(),
    },
  };
}

function contentOf(name: string, example: Json) {
  const event = { $ref: refTo(name) };
  return {
    "application/json": {
      schema: { anyOf: [event, { type: "array", items: event }] },
      examples: { one: { summary: "One event", value: example }, batch: { summary: "A batch", value: [example] } },
    },
    "application/x-ndjson": { schema: { type: "string" }, example: `${JSON.stringify(example)}\n` },
    "application/vnd.apache.avro": {
      schema: {
        type: "string",
        format: "binary",
        description: "Avro binary: with a Schema-Id header the value alone, without one in Confluent's frame.",
      },
    },
  };
}

const PARAMETERS = [
  header("Prefer", "`respond-async`: 202 as soon as the events are checked, without waiting for Kafka."),
  header("Schema-Id", "Avro bodies: the registry's id of the schema that they are written with.", "integer"),
  header("ce-id", "The id of a single event whose topic has no id field. A UUIDv7 is made where there is none."),
  header("ce-source", "The CloudEvents source of the events."),
  header("traceparent", "W3C Trace Context; stored with the events. A new trace is begun where there is none."),
];

function header(name: string, description: string, type = "string") {
  return { name, in: "header", required: false, description, schema: { type } };
}

function jsonAnswer(description: string, ...names: readonly string[]) {
  const schema = { anyOf: names.map((name) => ({ $ref: refTo(name) })) };
  return { description, content: { "application/json": { schema } } };
}

function keyOf(paths: readonly (readonly string[])[]): string {
  return paths.length === 0 ? "none" : paths.map((path) => `\`${path.join(".")}\``).join(", ");
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`;
}
