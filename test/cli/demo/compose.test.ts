import { expect, test } from "bun:test";
import { chmod, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCompose } from "../../../src/cli/demo/compose.ts";

/** A PATH that has only these programs, each a script. */
async function pathWith(programs: Readonly<Record<string, string>>) {
  const dir = await mkdtemp(join(tmpdir(), "sluice-path-"));
  for (const [name, script] of Object.entries(programs)) {
    await Bun.write(join(dir, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(dir, name), 0o755);
  }
  await symlink("/bin/sh", join(dir, "sh"));
  return { path: dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

const open = (path: string) => openCompose({ name: "x", dir: tmpdir(), env: { PATH: path } });

test("without Docker it says what to install, and where that is told", async () => {
  await using programs = await pathWith({});
  await expect(open(programs.path)).rejects.toThrow(/needs Docker and Compose.*https:\/\/docs\.docker\.com/);
});

test("with an engine that does not answer it says so", async () => {
  await using programs = await pathWith({ docker: "exit 1" });
  await expect(open(programs.path)).rejects.toThrow("its engine does not answer");
});

test("without Compose it says so", async () => {
  await using programs = await pathWith({ docker: '[ "$1" = info ]' });
  await expect(open(programs.path)).rejects.toThrow("Docker is there, and Compose is not");
});

test("the plugin is taken where there is one, else the program of its own", async () => {
  await using plugin = await pathWith({ docker: 'echo "plugin $*"', "docker-compose": 'echo "program $*"' });
  expect(await (await open(plugin.path)).logs(["api"])).toBe("plugin compose -p x logs --no-color api\n");
  await using program = await pathWith({ docker: '[ "$1" = info ]', "docker-compose": 'echo "program $*"' });
  expect(await (await open(program.path)).logs(["api"])).toBe("program -p x logs --no-color api\n");
});

test("a command that fails is told with what it printed last", async () => {
  await using programs = await pathWith({
    docker: '[ "$1" = info ]',
    "docker-compose": '[ "$1" = version ] || { echo "port is already allocated" >&2; exit 1; }',
  });
  await expect((await open(programs.path)).up(["kafka"])).rejects.toThrow(
    /up -d kafka` failed:\nport is already allocated/,
  );
});
