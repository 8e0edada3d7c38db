import { BaseError } from "./error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What one run of git has answered. */
export interface GitAnswer {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/** Runs git in a folder. It reads, and nothing else: it takes no locks, asks nobody, and checks nothing out. */
export type RunGit = (args: readonly string[], input?: string) => Promise<GitAnswer>;

/** More is no folder of schemas, and would fill the memory. */
const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;

/**
 * What git's hooks set for the repository that they run in, relative to a folder that is not ours, and what changes the
 * meaning of paths. We find the repository by the folder alone.
 */
const NOT_OURS = new Set([
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
  "GIT_LITERAL_PATHSPECS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
]);

export function createGit(dir: string, env: Environment): RunGit {
  const settings = { LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  const inherited = Object.entries(env).filter(([name]) => !NOT_OURS.has(name));
  const environment = { ...Object.fromEntries(inherited), ...settings };
  return async (args, input) => {
    const started = startGit(["-C", dir, ...args], environment, input);
    const [out, err, code] = await Promise.all([
      bytesOf(started.stdout, () => started.kill()),
      started.stderr.text(),
      started.exited,
    ]);
    return { code, out, err };
  };
}

function startGit(args: readonly string[], env: Record<string, string | undefined>, input = "") {
  try {
    return Bun.spawn(["git", ...args], { env, stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing) throw error;
    throw new BaseError(
      "git is not installed here, or not in the PATH, so that there is no revision to compare with",
      "Install git, or compare with another base: --against lock, --against registry or --against dir:FOLDER",
      { cause: error },
    );
  }
}

async function bytesOf(stream: ReadableStream<Uint8Array>, stop: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > OUTPUT_BYTES_MAX) {
      stop();
      throw new BaseError(`git has more than ${OUTPUT_BYTES_MAX} bytes of schemas`, "");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An answer, where git could give one. */
export function checked(answer: GitAnswer): GitAnswer {
  if (answer.code === 0) return answer;
  throw new BaseError(`git can't read the repository: ${answer.err.trim() || `it ended with ${answer.code}`}`, "");
}
