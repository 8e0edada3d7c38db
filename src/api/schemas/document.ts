/** What a check of a schema is asked with, for `components.schemas`. */
export const SCHEMA_CHECK = {
  type: "object",
  required: ["schema"],
  properties: {
    topic: { type: "string", description: "The topic whose events it is for; one that is not there is a new one." },
    subject: { type: "string", description: "Instead of the topic: the registry's name." },
    schema: {
      description: "The Avro schema as JSON, or its text: then lines and columns are those of the text.",
      anyOf: [{ type: "object" }, { type: "array", items: {} }, { type: "string" }],
    },
    references: {
      type: "array",
      description: "Registered types that it names. Those of the folder's `_shared` are there without.",
      items: {
        type: "object",
        required: ["name", "subject", "version"],
        properties: { name: { type: "string" }, subject: { type: "string" }, version: { type: "integer" } },
      },
    },
    against: {
      description: "All versions, the latest, or the one of this number.",
      anyOf: [{ enum: ["all", "latest"] }, { type: "integer" }],
      default: "all",
    },
  },
  example: {
    topic: "orders.order.created.v1",
    schema: { type: "record", name: "orders.OrderCreated", fields: [{ name: "order_id", type: "string" }] },
  },
};
