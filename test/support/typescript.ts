import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./sluice.ts";

/** A project outside of the repository that has `sluice` installed, for what the compiler says. */
export async function typescriptProject(
  files: Readonly<Record<string, string>> = {},
  compilerOptions?: Readonly<Record<string, unknown>>,
) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-project-"));
  const write = (name: string, text: string) => Bun.write(join(dir, name), text);
  await mkdir(join(dir, "node_modules"));
  await symlink(ROOT, join(dir, "node_modules/sluice"));
  await symlink(join(ROOT, "node_modules/@types"), join(dir, "node_modules/@types"));
  const options = compilerOptions ?? (await Bun.file(join(ROOT, "tsconfig.json")).json()).compilerOptions;
  const config = { compilerOptions: options, include: ["**/*.ts"], exclude: ["node_modules"] };
  await write("tsconfig.json", JSON.stringify(config));
  await write("package.json", JSON.stringify({ name: "shop", type: "module" }));
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    dir,
    write,
    copy: (from: string, to: string) => cp(from, join(dir, to), { recursive: true }),
    /** What the compiler finds in the project's own files: `file(line): message`, by file and line. */
    errors: async () => (await found()).filter((line) => !line.startsWith(".")),
    /** The same with what it finds in the files of `sluice`. */
    allErrors: found,
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };

  async function found(): Promise<readonly string[]> {
    const tsc = Bun.spawn([process.execPath, join(ROOT, "node_modules/.bin/tsc"), "--pretty", "false"], {
      cwd: dir,
      stdout: "pipe",
    });
    const lines = (await tsc.stdout.text()).split("\n");
    return lines
      .filter((line) => /^\S/.test(line))
      .map((line) => line.replace(/^([^(]+)\((\d+),\d+\): error /, "$1($2): "));
  }
}
