import { existsSync } from "node:fs";
import { join } from "node:path";

const POM = join(import.meta.dir, "../avro/oracle/pom.xml");
const FOLDER = join(import.meta.dir, "../../.clients/avro");

/** The folder with Apache Avro's jars, fetched from Maven Central once; undefined where Java or Maven is missing. */
export async function avroJars(): Promise<string | undefined> {
  if (Bun.which("java") === null || Bun.which("mvn") === null) return undefined;
  if (existsSync(join(FOLDER, "avro-1.12.2.jar"))) return FOLDER;
  const copy = ["mvn", "-q", "-f", POM, "dependency:copy-dependencies", `-DoutputDirectory=${FOLDER}`];
  const maven = Bun.spawn(copy, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [said, code] = await Promise.all([maven.stdout.text(), maven.exited]);
  if (code !== 0) throw new Error(`Maven did not fetch Avro's jars: ${said}`);
  return FOLDER;
}
