import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { dirname, join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import { createProgram } from "../../../src/cli/program.ts";
import { fakeIo, ROOT } from "../../support/sluice.ts";
import { COUPON, NOTE, openWorkshop, topicFiles } from "./repository.ts";

setDefaultTimeout(60_000);

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files: string;
  readonly language: string;
  readonly additional_dependencies: readonly string[];
}

const hooks = Bun.YAML.parse(readFileSync(join(ROOT, ".pre-commit-hooks.yaml"), "utf8")) as readonly Hook[]; // Tested below.

test("each hook is a command that there is, run by the Bun that this is made for", async () => {
  expect(hooks.map(({ id }) => id)).toEqual(["sluice-check", "sluice-lint", "sluice-fmt"]);
  for (const { id, entry, additional_dependencies } of hooks) {
    expect(entry).toBe(id.replace("-", " "));
    const program = await createProgram(entry.split(" ")[1] ?? "", fakeIo());
    expect(program.commands.map((command) => `sluice ${command.name()}`)).toEqual([entry]);
    expect(additional_dependencies).toEqual([manifest.packageManager]);
  }
});

test("the hooks run for schemas, wherever their folder is, and for nothing else", () => {
  const wanted = ["schemas/orders.order.created/v1.avsc", "shop/schemas/_shared/money.avsc"];
  for (const { files } of hooks) {
    expect(wanted.every((file) => new RegExp(files).test(file))).toBe(true);
    expect(["src/main.ts", "README.md", "my-schemas.md"].some((file) => new RegExp(files).test(file))).toBe(false);
  }
});

test("as git's own hook, the check stops a commit that breaks a reader, and lets another pass", async () => {
  const line = hookLine();
  await using shop = await openWorkshop();
  const repository = join(shop.dir, "shop");
  await shop.git(shop.dir, "init", "--quiet", "--initial-branch=main", repository);
  await shop.write(repository, topicFiles(""));
  await shop.commit(repository, "Begin");
  await shop.write(repository, { ".git/hooks/pre-commit": `${line}\n` });
  await chmod(join(repository, ".git/hooks/pre-commit"), 0o755);
  const commit = async (field: string) => {
    await shop.write(repository, topicFiles("", field));
    await shop.git(repository, "add", "--all");
    return shop.run(
      ["git", "-c", "user.name=A Tester", "-c", "user.email=tester@example.com", "commit", "--message", "Change"],
      { cwd: repository, env: { PATH: `${dirname(shop.executable)}:${shop.env.PATH}` } },
    );
  };

  const stopped = await commit(COUPON);
  expect(stopped.code).not.toBe(0);
  expect(`${stopped.out}${stopped.err}`).toContain("error READER_FIELD_MISSING_DEFAULT_VALUE");
  expect((await commit(NOTE)).code).toBe(0);
});

/** What the README writes into the hook. */
function hookLine(): string {
  const readme = readFileSync(join(ROOT, "src/gate/formats/README.md"), "utf8");
  const [, written] = /^printf '(.*)' > \.git\/hooks\/pre-commit/m.exec(readme) ?? [];
  if (written === undefined) throw new Error("the README has no hook");
  return written.replaceAll("\\n", "\n");
}
