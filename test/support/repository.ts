import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What a file holds: text, bytes, or an object to be written as JSON; undefined removes it. */
export type Content = string | Uint8Array | object | undefined;

/** A repository of git that is gone after the test. Nothing of this machine's settings of git counts in it. */
export interface Repository extends AsyncDisposable {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs git in it, and answers what it prints. */
  git(...args: readonly string[]): Promise<string>;
  write(files: Readonly<Record<string, Content>>): Promise<void>;
  /** Writes, and commits all that is there; answers the commit's first seven digits. */
  commit(message: string, files?: Readonly<Record<string, Content>>): Promise<string>;
  /** Another clone of it, as CI makes them. */
  clone(...options: readonly string[]): Promise<Repository>;
}

export async function createRepository(files?: Readonly<Record<string, Content>>): Promise<Repository> {
  const repository = await repositoryIn(await temporaryFolder());
  await repository.git("init", "--quiet", "--initial-branch=main");
  if (files !== undefined) await repository.commit("Begin", files);
  return repository;
}

/** An environment in which git knows nobody's name, trusts nobody, and starts no programs of this machine's. */
export const GIT_ENV: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? "",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  HOME: "/nonexistent",
};

async function repositoryIn(dir: string): Promise<Repository> {
  const git = (...args: readonly string[]) => run(["git", "-C", dir, ...AS_SOMEBODY, ...args]);

  async function write(files: Readonly<Record<string, Content>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(dir, name);
      if (content === undefined) await rm(path, { recursive: true });
      else {
        await mkdir(dirname(path), { recursive: true });
        await Bun.write(path, bytesOf(content));
      }
    }
  }

  return {
    dir,
    env: GIT_ENV,
    git,
    write,
    async commit(message, files = {}) {
      await write(files);
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", `--message=${message}`);
      return (await git("rev-parse", "HEAD")).slice(0, 7);
    },
    async clone(...options) {
      const target = await temporaryFolder();
      await run(["git", ...AS_SOMEBODY, "clone", "--quiet", ...options, `file://${dir}`, target]);
      return await repositoryIn(target);
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

const AS_SOMEBODY = ["-c", "user.name=Author", "-c", "user.email=author@example.com", "-c", "core.autocrlf=false"];

/** As git names it: the temporary folder of some systems is a link. */
const temporaryFolder = async (): Promise<string> => await realpath(await mkdtemp(join(tmpdir(), "repository-")));

async function run(command: readonly string[]): Promise<string> {
  const started = Bun.spawn([...command], { env: GIT_ENV, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([started.stdout.text(), started.stderr.text(), started.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")}: ${err}`);
  return out.trim();
}

function bytesOf(content: Exclude<Content, undefined>): string | Uint8Array {
  return typeof content === "string" || content instanceof Uint8Array
    ? content
    : `${JSON.stringify(content, null, 2)}\n`;
}
