/** One compose project: what runs, under which name, with which variables. */
export interface ComposeProject {
  readonly name: string;
  /** The folder of compose.yaml. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Compose {
  /** Starts services in the background, or all where none are named. */
  up(services: readonly string[], options?: { build?: boolean }): Promise<void>;
  /** What the services have printed. */
  logs(services: readonly string[]): Promise<string>;
  /** Runs a command in a service that runs, and answers what it printed. */
  exec(service: string, command: readonly string[]): Promise<string>;
  /** Asks the services to stop, and waits until they have. */
  stop(services: readonly string[]): Promise<void>;
  /** Stops and removes the containers, the network and the volumes. */
  down(): Promise<void>;
}

const IMAGES =
  "Where images cannot be pulled, KAFKA_IMAGE, REGISTRY_IMAGE, REGISTRY_PATH and POSTGRES_IMAGE name others.";
const INSTALL = "https://docs.docker.com/get-started/get-docker/ says how to install both";

/**
 * Finds Compose, as Docker's plugin or as the program `docker-compose`, and the Docker engine behind it.
 * @throws CommandFailed that says what is missing and how to get it.
 */
export async function openCompose({ name, dir, env }: ComposeProject): Promise<Compose> {
  if (!Bun.which("docker", { PATH: env.PATH ?? "" })) {
    throw new Error(`this needs Docker and Compose, and there is no \`docker\` on the PATH; ${INSTALL}.`);
  }
  if (!(await run(["docker", "info"], { dir, env })).ok) {
    throw new Error("Docker is installed, but its engine does not answer; start it, or ask for access to it.");
  }
  const program = await composeProgram(dir, env);
  const compose = async (...args: readonly string[]): Promise<string> => {
    const { ok, output } = await run([...program, "-p", name, ...args], { dir, env });
    if (!ok) throw new Error(`\`${[...program, ...args].join(" ")}\` failed:\n${tailOf(output)}`);
    return output;
  };
  return {
    up: async (services, { build = false } = {}) => {
      try {
        await compose("up", "-d", ...(build ? ["--build"] : []), ...services);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${reason}\n${IMAGES}`, { cause: error });
      }
    },
    logs: (services) => compose("logs", "--no-color", ...services),
    exec: (service, command) => compose("exec", "-T", service, ...command),
    stop: async (services) => {
      await compose("stop", "--timeout", "30", ...services);
    },
    down: async () => {
      // Nothing in them is kept, so they need no time to say goodbye.
      await compose("down", "-v", "--timeout", "1");
    },
  };
}

async function composeProgram(dir: string, env: ComposeProject["env"]): Promise<readonly string[]> {
  for (const program of [["docker", "compose"], ["docker-compose"]]) {
    if ((await run([...program, "version"], { dir, env })).ok) return program;
  }
  throw new Error(`Docker is there, and Compose is not; ${INSTALL}.`);
}

async function run(command: readonly string[], { dir, env }: Pick<ComposeProject, "dir" | "env">) {
  if (!Bun.which(command[0] ?? "", { PATH: env.PATH ?? "" })) return { ok: false, output: "" };
  const started = Bun.spawn([...command], { cwd: dir, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([started.stdout.text(), started.stderr.text()]);
  return { ok: (await started.exited) === 0, output: stdout + stderr };
}

const tailOf = (output: string): string => output.trimEnd().split("\n").slice(-15).join("\n");
