import type { RuleText } from "./rule.ts";

const WORKER = `export const projection = defineWorker({
  group: "order-projection",
  topics: ["orders.order.created.v1"],
  async handle(event) {},
});
`;

/** What is no schema, no promise or no decision any more. */
export const CATALOG_RULES: readonly RuleText[] = [
  {
    id: "READER_BROKEN",
    family: "catalog",
    level: "warning",
    purpose: "Every worker of the repository reads what the new schema writes.",
    why: "A worker runs with the schema of the day on which it was deployed. Events of a schema that this one cannot read stop it, or go to its dead-letter topic. It is an error where the worker has a schema of its own, because deploying it again does not help then.",
    todo: [
      "Deploy the workers named with the new schema before any producer writes with it.",
      "Where a worker has a schema of its own, change that one first.",
      "Where they cannot go first, make a new version of the topic: `sluice bump`.",
    ],
    example: {
      before:
        '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"},{"name":"note","type":"string"}]}',
      after: '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"}]}',
    },
  },
  {
    id: "WORKER_INVALID",
    family: "catalog",
    level: "warning",
    purpose: "Every file of the folder of workers can be loaded, so that it is known what reads which topic.",
    why: "A check loads the workers to see what they read. Of one that cannot be loaded it knows nothing: a change that stops it would pass as one that stops nobody.",
    todo: [
      "Mend the file at the line that the finding names.",
      "Install what it imports before the check runs: in CI, `bun install`.",
    ],
    example: {
      before: WORKER,
      after: WORKER.replace('["orders.order.created.v1"]', '["orders.order.created.v1"'),
    },
  },
  {
    id: "KEY_CHANGED",
    family: "catalog",
    level: "error",
    purpose: "The Kafka key of a topic stays what it is.",
    why: "Events of one key are stored in one partition and handled in their order. With another key, the next event of an order may come to another partition than the events before it, and overtake them. A compacted topic also keeps what it should forget.",
    todo: [
      "Keep the key, and give consumers the other field to group by.",
      "Where the key has to change, make a new version of the topic: `sluice bump`.",
    ],
    example: { before: '{"key":"order_id"}', after: '{"key":"customer_id"}' },
  },
  {
    id: "LEVEL_LOWERED",
    family: "catalog",
    level: "warning",
    purpose: "A topic keeps the compatibility that it has promised.",
    why: "Programs were written and deployed in the belief that changes of the schema would not break them. A lower level lets changes through that do. `sluice apply` refuses it unless it is told otherwise.",
    todo: [
      "Keep the level, or ask whoever reads the topic first.",
      "`sluice apply --allow-lowering` registers the lower one.",
    ],
    example: { before: '{"compatibility":"FULL_TRANSITIVE"}', after: '{"compatibility":"BACKWARD"}' },
  },
  {
    id: "SUBJECT_REMOVED",
    family: "catalog",
    level: "warning",
    purpose: "A schema that was released stays in the folder.",
    why: "Without its file, nothing checks the topic any more, and the API takes no events for it. What is stored stays stored, and so do the schemas in the registry. It is an error where a worker of the repository still reads the topic.",
    todo: [
      "Put the file back, if it went by mistake.",
      "Take the topic out of the workers first, if it is to go.",
      "Once that is merged, `sluice apply --prune` deletes its schemas from the registry; topic and events stay until somebody deletes them in Kafka.",
      "Ignore the finding in `gate.yaml` until it is merged, if everybody knows.",
    ],
    example: { before: '{"type":"record","name":"OrderCreated","fields":[]}', after: "" },
  },
  {
    id: "SUBJECT_RENAMED",
    family: "catalog",
    level: "warning",
    purpose: "A topic keeps its name.",
    why: "To Kafka and to the registry a topic of another name is another topic: it begins empty, its schema has one version, and whoever reads the old one hears nothing more. It is an error where a worker of the repository still reads the old name.",
    todo: [
      "Keep the name of the folder.",
      "Or keep both topics, write to both, and remove the old one once nobody reads it.",
    ],
    example: {
      before: '{"orders.order.placed":"v1.avsc"}',
      after: '{"orders.order.created":"v1.avsc"}',
    },
  },
  {
    id: "DATA_UNREADABLE",
    family: "catalog",
    level: "error",
    purpose: "The events that are really stored can be read with the schema: `sluice check --data 1000` looks.",
    why: "Two schemas say what could break; the topic says what does. A symbol that no event has ever had is no loss, one that every tenth has is an outage.",
    todo: [
      "Mend the break that the check shows at the same place.",
      "Where the events may be lost, wait until the topic's retention has deleted them.",
    ],
    example: {
      before: '{ "type": "enum", "name": "Status", "symbols": ["NEW", "PAID"] }',
      after: '{ "type": "enum", "name": "Status", "symbols": ["NEW"] }',
    },
  },
  {
    id: "SUBJECT_ADDED",
    family: "catalog",
    level: "info",
    purpose: "A new topic is told, so that nobody takes it for one that was checked.",
    why: "There is no earlier schema to compare it with, so nothing can break. From the next change on it is compared.",
    todo: ["Nothing: this is information."],
    example: { after: '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"}]}' },
  },
  {
    id: "SCHEMA_INVALID",
    family: "catalog",
    level: "error",
    purpose: "Every schema file is an Avro schema in JSON.",
    why: "What is no schema cannot be registered, and nothing that it says can be checked. The other files are checked all the same.",
    todo: ["Mend what the message names; `sluice check` lists all mistakes of all files at once."],
    example: { after: '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"sting"}]}' },
    source: "Apache Avro specification, Schema Declaration",
  },
  {
    id: "TOPIC_INVALID",
    family: "catalog",
    level: "error",
    purpose: "Every folder of schemas is named as an event type, and its `topic.yaml` says what can be.",
    why: "The topic, its key and its level come from there. What is wrong in it would be found when the topic is made, which is later.",
    todo: ["Mend what the message names; schemas/README.md lists all settings."],
    example: { after: '{"key":"order_id","compatibility":"BACKWORD"}' },
  },
  {
    id: "EARLIER_INVALID",
    family: "catalog",
    level: "warning",
    purpose: "Every earlier version of a schema can be read, so that it can be compared with.",
    why: "An earlier version that is no Avro schema was registered by other means, or committed by mistake. Nothing can be said about events that were written with it.",
    todo: ["Where it was never registered: nothing, once the schema that is right is merged."],
    example: {
      before: '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"sting"}]}',
      after: '{"type":"record","name":"OrderCreated","fields":[{"name":"order_id","type":"string"}]}',
    },
  },
  {
    id: "IGNORE_EXPIRED",
    family: "catalog",
    level: "warning",
    purpose: "What is ignored in `gate.yaml` is ignored for as long as was agreed.",
    why: "A finding was put off until a day, and that day is over. The finding counts again.",
    todo: ["Mend the finding.", "Or decide anew: write a later date, and a reason that still holds."],
    example: {
      after:
        '{"ignore":[{"rule":"KEY_CHANGED","subject":"orders.order.created.v1-value","reason":"moved in spring","until":"2026-03-31"}]}',
    },
  },
  {
    id: "IGNORE_UNUSED",
    family: "catalog",
    level: "warning",
    purpose: "Every entry of `ignore` in `gate.yaml` is needed.",
    why: "An entry that nothing needs would one day hide a break that nobody has decided about.",
    todo: [
      "Remove the entry.",
      "Where it is needed in a comparison with something else, as with the registry, keep it until that is over.",
    ],
    example: {
      after:
        '{"ignore":[{"rule":"KEY_CHANGED","subject":"orders.order.creatd.v1-value","reason":"a slip in the name","until":"2027-03-31"}]}',
    },
  },
];
