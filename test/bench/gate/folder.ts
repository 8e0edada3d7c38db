import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOCK_FILE, type LockedSubject, lockFingerprint, lockText } from "../../../src/catalog/index.ts";

/** What becomes of each schema after its last registered version. */
export type Change = "nothing" | "compatible" | "breaking";

/** Writes a folder of schemas, each with a history in the lock, in which every version added a field. */
export async function writeFolder(
  dir: string,
  { subjects, versions, change }: { readonly subjects: number; readonly versions: number; readonly change: Change },
): Promise<void> {
  const locked = new Map<string, LockedSubject>();
  let id = 0;
  for (let index = 0; index < subjects; index++) {
    const eventType = `load.entity${index}.changed`;
    const texts = Array.from({ length: versions }, (_, version) => JSON.stringify(schemaOf(index, version)));
    const history = texts.map((text, at) => {
      id++;
      return { version: at + 1, id, fingerprint: lockFingerprint(text), text, references: [] };
    });
    locked.set(`${eventType}.v1-value`, { level: "BACKWARD_TRANSITIVE", versions: history });
    const folder = join(dir, eventType);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, "topic.yaml"),
      "description: Something changed.\nowner: load\nkey: entity_id\ncompatibility: BACKWARD_TRANSITIVE\n",
    );
    await writeFile(
      join(folder, "v1.avsc"),
      `${JSON.stringify(changed(schemaOf(index, versions - 1), change), null, 2)}\n`,
    );
  }
  await writeFile(join(dir, LOCK_FILE), lockText({ subjects: locked }));
}

/** About what an event of an order has: ids, times, amounts, an enum, a list of records. */
function schemaOf(index: number, version: number) {
  const added = Array.from({ length: version }, (_, at) => ({
    name: `added_${at}`,
    type: ["null", at % 2 === 0 ? "string" : "long"],
    default: null,
    doc: `Came with version ${at + 2}.`,
  }));
  return {
    type: "record",
    name: `Entity${index}Changed`,
    namespace: "load",
    doc: "Something about an entity changed.",
    fields: [
      { name: "event_id", type: { type: "string", logicalType: "uuid" }, doc: "Identifies this event." },
      { name: "occurred_at", type: { type: "long", logicalType: "timestamp-millis" }, doc: "When it happened." },
      { name: "entity_id", type: "string", doc: "What changed." },
      {
        name: "state",
        type: { type: "enum", name: "State", symbols: ["NEW", "OPEN", "CLOSED"] },
        doc: "What it is now.",
      },
      { name: "total_cents", type: "long", doc: "What it comes to." },
      { name: "note", type: ["null", "string"], default: null, doc: "What somebody said about it." },
      {
        name: "items",
        type: {
          type: "array",
          items: {
            type: "record",
            name: "Item",
            fields: [
              { name: "sku", type: "string" },
              { name: "quantity", type: "int" },
              { name: "price_cents", type: "long" },
            ],
          },
        },
        doc: "What it consists of.",
      },
      ...added,
    ],
  };
}

function changed(schema: ReturnType<typeof schemaOf>, change: Change) {
  if (change === "nothing") return schema;
  const field = { name: "newest", type: "string", ...(change === "compatible" && { default: "" }) };
  return { ...schema, fields: [...schema.fields, field] };
}
