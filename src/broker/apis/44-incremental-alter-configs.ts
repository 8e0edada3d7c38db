import { entriesOf, TOPIC_CONFIGS } from "../configs/index.ts";
import { defineHandler } from "../parts.ts";
import { KafkaFault, MESSAGES, type RequestOf } from "../protocol/index.ts";
import { alterEach, assertNoNulls } from "./alteration.ts";
import { invalid } from "./resources.ts";

type Change = RequestOf<typeof MESSAGES.incrementalAlterConfigs>["resources"][number]["configs"][number];

const OPERATIONS = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const;

/** Changes single settings of topics, and entries of those that are lists. */
export const incrementalAlterConfigs = defineHandler(
  MESSAGES.incrementalAlterConfigs,
  (context, request) => ({
    throttleTimeMs: 0,
    responses: alterEach(context, request, ({ configs }, before) => {
      assertNoNulls(configs.filter(({ configOperation }) => configOperation !== OPERATIONS.DELETE));
      const after = new Map(before);
      for (const change of configs) apply(change, after);
      return after;
    }),
  }),
  { leftOut: ["changing settings of the broker while it runs"] },
);

function apply({ name, configOperation, value }: Change, configs: Map<string, string>): void {
  switch (configOperation) {
    case OPERATIONS.SET:
      configs.set(name, value ?? "");
      return;
    case OPERATIONS.DELETE:
      configs.delete(name);
      return;
    case OPERATIONS.APPEND: {
      const held = listOf(name, "APPEND", configs);
      configs.set(name, [...held, ...entriesOf(value ?? "").filter((entry) => !held.includes(entry))].join(","));
      return;
    }
    case OPERATIONS.SUBTRACT: {
      const gone = entriesOf(value ?? "");
      const left = listOf(name, "SUBTRACT", configs).filter((entry) => !gone.includes(entry));
      configs.set(name, left.join(","));
      return;
    }
    default:
      throw invalid(`Unknown operation ${configOperation} for config ${name}`);
  }
}

/** What a list holds now, by default where the topic has none of its own. */
function listOf(name: string, operation: string, configs: ReadonlyMap<string, string>): readonly string[] {
  const definition = TOPIC_CONFIGS.find((one) => one.name === name);
  if (definition?.kind.type !== "LIST") {
    throw new KafkaFault("INVALID_CONFIG", `Can't ${operation} to key ${name} because its type is not LIST.`);
  }
  return entriesOf(configs.get(name) ?? definition.default ?? "");
}
