import { existsSync } from "node:fs";
import { join } from "node:path";
import { imagesOf } from "../support/containers.ts";

const FOLDER = import.meta.dir;

/** Where the clients are installed: beside the repository's own packages, and not part of it. */
const INSTALLED = join(FOLDER, "../../.clients");

/** The longest that one client may take. */
const CLIENT_MS_MAX = 120_000;

/** Whether the clients can be driven on this run: Kafka's own tools come in its image, the others from their registries. */
export const CLIENTS = process.env.TEST_APACHE_KAFKA !== undefined;

/** Installs the Python clients and the JavaScript one into `.clients`, once. */
export async function installClients(): Promise<void> {
  const python = join(INSTALLED, "python");
  if (!existsSync(join(python, "ready"))) {
    await run(["python3", "-m", "venv", python]);
    await run([join(python, "bin/pip"), "install", "-q", "-r", join(FOLDER, "requirements.txt")]);
    await Bun.write(join(python, "ready"), "");
  }
  if (!existsSync(join(FOLDER, "node_modules"))) {
    await run([process.execPath, "install", "--frozen-lockfile", "--silent"], { cwd: FOLDER });
  }
}

/** What a client's program saw, as it printed it. */
export async function drive(program: `${string}.py` | `${string}.js`, ...given: string[]): Promise<unknown> {
  const interpreter = program.endsWith(".py") ? join(INSTALLED, "python/bin/python") : process.execPath;
  const printed = await run([interpreter, join(FOLDER, program), ...given]);
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}

/** Runs one of Kafka's own tools from its image, and gives what it printed. */
export const kafkaTool = (name: string, given: readonly string[], input = ""): Promise<string> =>
  run(
    [
      ...["docker", "run", "--rm", "--interactive", "--network", "host", imagesOf(process.env).kafka],
      `/opt/kafka/bin/kafka-${name}.sh`,
      ...given,
    ],
    { input },
  );

/** Runs a command to its end, and gives its standard output; throws with its standard error where it fails. */
export async function run(
  command: readonly string[],
  { input = "", cwd = FOLDER }: { readonly input?: string; readonly cwd?: string } = {},
): Promise<string> {
  const started = Bun.spawn([...command], {
    cwd,
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
    timeout: CLIENT_MS_MAX,
  });
  const [out, err, code] = await Promise.all([started.stdout.text(), started.stderr.text(), started.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${err}\n${out}`);
  return out;
}
