import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SELF } from "../../support/sluice.ts";

/** A folder for one test, with a server's repository in it and a program named `sluice`. Nobody has told git who commits. */
export interface Workshop extends AsyncDisposable {
  readonly dir: string;
  /** Starts Sluice from its sources, as an executable does. */
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
  /** @throws Error with what it said, where it fails. */
  git(at: string, ...args: readonly string[]): Promise<string>;
  write(at: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** Everything that is there, as one commit. */
  commit(at: string, message: string): Promise<string>;
  run(command: readonly string[], options: { cwd: string; env?: Readonly<Record<string, string>> }): Promise<Ended>;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const AUTHOR = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false"];

export async function openWorkshop(): Promise<Workshop> {
  const dir = await mkdtemp(join(tmpdir(), "sluice-ci-"));
  const executable = join(dir, "bin", "sluice");
  await mkdir(dirname(executable), { recursive: true });
  await writeFile(executable, `#!/bin/sh\nexec ${SELF.map((part) => `'${part}'`).join(" ")} "$@"\n`);
  await chmod(executable, 0o755);
  // As in a runner: nothing of whoever runs the tests, be it their git's settings or the CI that they run in.
  const env = { PATH: process.env.PATH ?? "", HOME: dir, GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C.UTF-8" };

  async function run(command: readonly string[], options: { cwd: string; env?: Readonly<Record<string, string>> }) {
    const process = Bun.spawn([...command], {
      cwd: options.cwd,
      env: { ...env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err, code] = await Promise.all([process.stdout.text(), process.stderr.text(), process.exited]);
    return { code, out, err };
  }

  async function git(at: string, ...args: readonly string[]): Promise<string> {
    const { code, out, err } = await run(["git", ...AUTHOR, ...args], { cwd: at });
    if (code !== 0) throw new Error(`git ${args.join(" ")}: ${err}`);
    return out.trim();
  }

  return {
    dir,
    executable,
    env,
    git,
    run,
    async write(at, files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(at, name)), { recursive: true });
        await writeFile(join(at, name), text);
      }
    },
    async commit(at, message) {
      await git(at, "add", "--all");
      await git(at, "commit", "--quiet", "--message", message);
      return git(at, "rev-parse", "HEAD");
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

/** A topic whose record has these fields beside its key. */
export const topicFiles = (dir: string, ...fields: readonly string[]): Readonly<Record<string, string>> => ({
  [`${dir}schemas/orders.order.created/topic.yaml`]: "key: order_id\ncompatibility: BACKWARD_TRANSITIVE\n",
  [`${dir}schemas/orders.order.created/v1.avsc`]: `{
  "type": "record",
  "name": "OrderCreated",
  "namespace": "orders",
  "fields": [
${['{ "name": "order_id", "type": "string" }', ...fields].map((field) => `    ${field}`).join(",\n")}
  ]
}
`,
});

export const COUPON = '{ "name": "coupon", "type": "string" }';
export const NOTE = '{ "name": "note", "type": ["null", "string"], "default": null }';

/** A server with two branches that have gone apart: `main`, and `change` whose first commit makes the change. */
export async function openServer(
  shop: Workshop,
  { before, earlier = 0, change, meanwhile = {}, commits = 1 }: Branches,
): Promise<string> {
  const server = join(shop.dir, "server");
  await shop.git(shop.dir, "init", "--quiet", "--initial-branch=main", server);
  // GitHub and GitLab give any commit that somebody may see to who asks for it by its hash.
  await shop.git(server, "config", "uploadpack.allowAnySHA1InWant", "true");
  await shop.write(server, { "README.md": "A shop.\n", ...(before ?? topicFiles("")) });
  await shop.commit(server, "Begin");
  for (let index = 0; index < earlier; index++) {
    await shop.git(server, "commit", "--quiet", "--allow-empty", "--message", `Earlier ${index}`);
  }
  await shop.git(server, "switch", "--quiet", "--create", "change");
  for (let index = 0; index < commits; index++) {
    await shop.write(server, index === 0 ? change : { "README.md": `${index}\n` });
    await shop.commit(server, `Change ${index}`);
  }
  await shop.git(server, "switch", "--quiet", "main");
  await shop.write(server, { "CHANGES.md": "one\n", ...meanwhile });
  await shop.commit(server, "Go on");
  return server;
}

export interface Branches {
  readonly before?: Readonly<Record<string, string>>;
  /** Commits of main behind those files, with nothing in them. */
  readonly earlier?: number;
  readonly change: Readonly<Record<string, string>>;
  /** What comes to main after the branch has left it. */
  readonly meanwhile?: Readonly<Record<string, string>>;
  /** Commits of the branch, the change in the first. */
  readonly commits?: number;
}

/** As a runner clones: one reference, one commit deep, on no branch. */
export async function cloneOf(shop: Workshop, server: string, ref: string): Promise<string> {
  const clone = join(shop.dir, "workspace");
  await shop.git(shop.dir, "init", "--quiet", "--initial-branch=none", clone);
  await shop.git(clone, "remote", "add", "origin", `file://${server}`);
  await shop.git(clone, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", `+${ref}:refs/remotes/pull`);
  await shop.git(clone, "checkout", "--quiet", "--detach", "refs/remotes/pull");
  return clone;
}
