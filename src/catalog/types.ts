import { typescriptOf } from "../avro/index.ts";
import type { Catalog, CatalogTopic } from "./model.ts";

/**
 * The TypeScript of `schemas/types.ts`: what workers get and what may be sent, an interface per record; and the topics'
 * entries in `Topics` and `TopicInputs`. `module` is where those two come from.
 */
export function typesOf({ topics }: Pick<Catalog, "topics">, module = "sluice/topics"): string {
  const { output, input } = typescriptOf(topics.map(({ schema, major }) => ({ schema, suffix: `V${major}` })));
  return `// Written by \`sluice types\` from the schemas beside it; change those.
// biome-ignore-all format: written by a program.

import type {} from ${JSON.stringify(module)};

// What events are once they are decoded.

${output.declarations}
// What may be sent: JSON, and what was decoded.

${input.declarations}
declare module ${JSON.stringify(module)} {
  interface Topics {
${entries(topics, output.types)}  }

  interface TopicInputs {
${entries(topics, input.types)}  }
}
`;
}

function entries(topics: readonly CatalogTopic[], types: readonly string[]): string {
  return topics
    .map(({ topic, description }, index) => `${comment(description)}    ${JSON.stringify(topic)}: ${types[index]};\n`)
    .join("");
}

function comment(description: string): string {
  if (description === "") return "";
  return `    /** ${description.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ").trim()} */\n`;
}
