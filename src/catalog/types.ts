import { typescriptOf } from "../avro/index.ts";
import type { Catalog } from "./model.ts";

/**
 * The TypeScript of `schemas/types.ts`: an interface per record, and the topics' entries in `Topics`. `module` is where
 * workers have `Topics` from.
 */
export function typesOf(catalog: Catalog, module = "sluice"): string {
  const { declarations, types } = typescriptOf(
    catalog.topics.map(({ schema, major }) => ({ schema, suffix: `V${major}` })),
  );
  const entries = catalog.topics.map(
    ({ topic, description }, index) =>
      `${description === "" ? "" : `    /** ${description.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ").trim()} */\n`}    ${JSON.stringify(topic)}: ${types[index]};\n`,
  );
  return `// Written by \`sluice types\` from the schemas beside it; change those.
// biome-ignore-all format: written by a program.

${declarations}
declare module ${JSON.stringify(module)} {
  interface Topics {
${entries.join("")}  }
}
`;
}
