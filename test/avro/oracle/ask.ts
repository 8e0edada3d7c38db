import { join } from "node:path";
import type { Answer } from "../compat/against-java.ts";
import type { Texts } from "../compat/pairs.ts";

/** A folder with the jars of org.apache.avro:avro 1.12.2 and what it needs; `test/support/avro-jars.ts` fetches it. */
export const JARS = process.env.TEST_AVRO_JARS;

/** A pair of schemas, and records of the writer's to be read, in hexadecimal digits. */
export type Question = Texts & { readonly records?: readonly string[] };

/** Asks Apache Avro: runs the program beside this file, which Java compiles by itself. */
export async function ask(questions: readonly Question[]): Promise<Answer[]> {
  const input = questions.map((question, id) => JSON.stringify({ id, ...question })).join("\n");
  const java = Bun.spawn(["java", "-Xss4m", "-cp", join(JARS ?? "", "*"), join(import.meta.dir, "Oracle.java")], {
    stdin: new Blob([`${input}\n`]),
    stderr: "ignore",
  });
  const lines = (await new Response(java.stdout).text()).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}
