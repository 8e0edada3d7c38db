import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../support/sluice.ts";
import {
  type Branches,
  COUPON,
  cloneOf,
  type Ended,
  NOTE,
  openServer,
  openWorkshop,
  topicFiles,
  type Workshop,
} from "./repository.ts";

/**
 * The action's own steps, run as a runner runs them: in bash, in a clone as `actions/checkout` leaves it, with the files
 * that a runner gives. A base that was not fetched, or an output of several lines that ends too soon, shows here and not
 * first in somebody's pull request.
 */
setDefaultTimeout(60_000);

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const FOLDER = join(ROOT, ".github/actions/check");
const action = Bun.YAML.parse(readFileSync(join(FOLDER, "action.yml"), "utf8")) as Action; // Its form is what is tested.

describe("a pull request", () => {
  test("that breaks a reader fails, with annotations and the same summary in three places", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", COUPON) });
    const ran = await runAction(shop, clone, { executable: shop.executable });

    expect(ran.code).toBe(100);
    expect(ran.log).toContain(
      "::error file=schemas/orders.order.created/v1.avsc,line=7,col=15,endLine=7,endColumn=23,title=READER_FIELD_MISSING_DEFAULT_VALUE::",
    );
    expect(ran.log).toContain("compared with git:origin/main\n");
    expect(ran.outputs["exit-code"]).toBe("100");
    expect(ran.outputs.summary).toStartWith("<!-- sluice check -->\n### `sluice check`: 1 error");
    expect(ran.summary.trim()).toBe(ran.outputs.summary.trim());
    expect(readFileSync(ran.outputs["summary-file"], "utf8")).toBe(ran.summary);
  });

  test("that breaks nothing passes, and says so", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", NOTE) });
    const ran = await runAction(shop, clone, { executable: shop.executable });
    expect(ran).toMatchObject({ code: 0, outputs: { "exit-code": "0" } });
    expect(ran.summary).toContain("### `sluice check`: nothing found");
  });

  test("is not told of what others merged meanwhile", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: { "README.md": "more\n" }, meanwhile: topicFiles("", COUPON) });
    expect((await runAction(shop, clone, { executable: shop.executable })).code).toBe(0);
  });

  test("whose branch is older than the depth that is fetched is compared all the same", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", COUPON), commits: 6, of: "head" });
    const ran = await runAction(shop, clone, { executable: shop.executable, depth: "2" });
    expect(ran.code).toBe(100);
    expect(await shop.git(clone, "rev-parse", "--is-shallow-repository")).toBe("false");
  });

  test("takes no more of the history than is asked for", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", COUPON), earlier: 6 });
    const ran = await runAction(shop, clone, { executable: shop.executable, depth: "3" });
    expect(ran.code).toBe(100);
    expect(await shop.git(clone, "rev-parse", "--is-shallow-repository")).toBe("true");
  });

  test("in a clone that has all of it takes nothing from the server", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", COUPON) });
    const everything = ["refs/pull/7/merge", "+refs/heads/*:refs/remotes/origin/*"];
    await shop.git(clone, "fetch", "--quiet", "--unshallow", "origin", ...everything);
    await shop.git(clone, "remote", "set-url", "origin", "file:///nowhere");
    expect((await runAction(shop, clone, { executable: shop.executable })).code).toBe(100);
  });

  test("in a folder below the repository's is annotated with paths from the root", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("shop/", COUPON), before: topicFiles("shop/") });
    const ran = await runAction(shop, clone, { executable: shop.executable, "working-directory": "shop" });
    expect(ran.code).toBe(100);
    expect(ran.log).toContain("::error file=shop/schemas/orders.order.created/v1.avsc,line=7,");
  });

  test("is compared with what is asked for, and warnings fail where that is asked for", async () => {
    await using shop = await openWorkshop();
    const lowered = { "schemas/orders.order.created/topic.yaml": "key: order_id\ncompatibility: BACKWARD\n" };
    const clone = await pullRequest(shop, { change: { ...topicFiles("", NOTE), ...lowered } });
    await shop.git(clone, "fetch", "--quiet", "origin", "main:refs/tags/v1");
    const inputs = { executable: shop.executable, against: "git:v1\ndir:schemas\n" };
    const ran = await runAction(shop, clone, inputs);
    expect(ran.code).toBe(0);
    expect(ran.log).toContain("compared with git:v1, dir:schemas\n");
    expect((await runAction(shop, clone, { ...inputs, strict: "true" })).code).toBe(100);
  });

  test("that cannot be checked fails with 1, and the summary does not look like a pass", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: { "README.md": "more\n" } });
    const ran = await runAction(shop, clone, { executable: shop.executable, against: "git:nowhere" });
    expect(ran).toMatchObject({ code: 1, outputs: { "exit-code": "1" } });
    expect(ran.summary).toContain("### `sluice check`: could not be made\n\nIt ended with exit code 1;");
    expect(ran.outputs.summary).toContain("could not be made");
  });
});

test("without an executable, the action runs its own sources", async () => {
  await using shop = await openWorkshop();
  const clone = await pullRequest(shop, { change: topicFiles("", COUPON) });
  expect((await runAction(shop, clone, {})).code).toBe(100);
});

describe("the comment", () => {
  test.each([
    ["is written where there is none", "", ["--method POST repos/a/shop/issues/7/comments"]],
    ["is written over where there is one", "12", ["--method PATCH repos/a/shop/issues/comments/12"]],
  ])("%s", async (_, found, expected) => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", COUPON) });
    const calls = await fakeGh(shop, found);
    const ran = await runAction(shop, clone, { executable: shop.executable, comment: "true", token: "secret" });
    const written = readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line.includes("--method"));
    expect(written.map((line) => line.replace(/^api /, "").replace(/ -F body=.*/, ""))).toEqual(expected);
    expect(written[0]).toContain(`-F body=@${ran.outputs["summary-file"]} --silent`);
    expect(ran.code).toBe(100);
  });

  test("that may not be written changes nothing of the verdict", async () => {
    await using shop = await openWorkshop();
    const clone = await pullRequest(shop, { change: topicFiles("", NOTE) });
    await fakeGh(shop, "", 1);
    const ran = await runAction(shop, clone, { executable: shop.executable, comment: "true", token: "" });
    expect(ran.code).toBe(0);
    expect(ran.log).toContain("::notice title=sluice::The comment could not be written");
  });

  test("is not asked for by itself", () => {
    expect(action.inputs).toMatchObject({ comment: { default: "false" } });
    expect(stepNamed("Keep the comment up to date").if).toBe("inputs.comment == 'true' && github.event.pull_request");
  });
});

test("each input is used, and each output comes from a step", () => {
  const text = JSON.stringify(action.runs);
  for (const input of Object.keys(action.inputs)) expect(text).toContain(`inputs.${input}`);
  for (const { value } of Object.values(action.outputs))
    expect(value).toMatch(/^\$\{\{ steps\.check\.outputs\.[\w-]+ \}\}$/);
});

/** A clone of a pull request: of GitHub's merge of it into its base, or of its last commit. */
async function pullRequest(shop: Workshop, { of = "merge", ...branches }: Branches & { of?: "merge" | "head" }) {
  const server = await openServer(shop, branches);
  await shop.git(server, "switch", "--quiet", "--detach");
  await shop.git(server, "merge", "--quiet", "--no-ff", "--message", "Merge", "change");
  await shop.git(server, "update-ref", "refs/pull/7/merge", "HEAD");
  await shop.git(server, "switch", "--quiet", "main");
  return cloneOf(shop, server, of === "merge" ? "refs/pull/7/merge" : "refs/heads/change");
}

/** A `gh` that keeps what it is asked, and finds this comment. */
async function fakeGh(shop: Workshop, found: string, code = 0): Promise<string> {
  const calls = join(shop.dir, "gh-calls");
  const gh = join(shop.dir, "bin", "gh");
  await writeFile(
    gh,
    `#!/bin/sh\necho "$*" >> '${calls}'\ncase "$*" in *--paginate*) echo '${found}';; esac\nexit ${code}\n`,
  );
  await chmod(gh, 0o755);
  return calls;
}

interface Ran {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<(typeof OUTPUTS)[number], string>>;
  readonly summary: string;
}

const OUTPUTS = ["exit-code", "summary", "summary-file"] as const;

/** Runs the steps in order; the first that fails ends it. */
async function runAction(shop: Workshop, clone: string, inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const temporary = join(shop.dir, "runner");
  await mkdir(temporary, { recursive: true });
  const summaryFile = join(temporary, "step-summary");
  await writeFile(summaryFile, "");
  const known = new Map(Object.entries({ ...valuesOf(inputs), "runner.temp": temporary }));
  let log = "";
  const outputs = { "exit-code": "", summary: "", "summary-file": "" };
  for (const step of action.runs.steps) {
    if (step.if !== undefined && known.get("inputs.comment") !== "true") continue;
    const outputFile = join(temporary, `output-${step.id}`);
    await writeFile(outputFile, "");
    const env = Object.entries(step.env).map(([name, value]) => [name, evaluated(value, known)]);
    const ended: Ended = await shop.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
      cwd: join(clone, evaluated(step["working-directory"] ?? ".", known)),
      env: {
        ...Object.fromEntries(env),
        PATH: `${join(shop.dir, "bin")}:${shop.env.PATH}`,
        GITHUB_ACTIONS: "true",
        GITHUB_BASE_REF: "main",
        GITHUB_REPOSITORY: "a/shop",
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
      },
    });
    log += ended.out + ended.err;
    const given = existsSync(outputFile) ? outputsIn(readFileSync(outputFile, "utf8")) : {};
    for (const [name, value] of Object.entries(given)) known.set(`steps.${step.id}.outputs.${name}`, value);
    for (const name of OUTPUTS) outputs[name] = given[name] ?? outputs[name];
    if (ended.code !== 0) return { code: ended.code, log, outputs, summary: readFileSync(summaryFile, "utf8") };
  }
  return { code: 0, log, outputs, summary: readFileSync(summaryFile, "utf8") };
}

const valuesOf = (inputs: Readonly<Record<string, string>>): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, inputs[name] ?? input.default]),
  ),
  "github.base_ref": "main",
  "github.event.merge_group.base_ref": "",
  "github.event.pull_request.number": "7",
  "github.action_path": FOLDER,
});

/** The few forms of an expression that the action has. @throws for another, or for a name that the runner would not know. */
function evaluated(text: string, known: ReadonlyMap<string, string>): string {
  const resolved = (name: string): string => {
    const format = /^format\('(.*)\{0\}(.*)', (.*)\)$/.exec(name);
    if (format !== null) return `${format[1]}${resolved(format[3] ?? "")}${format[2]}`;
    const value = known.get(name);
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
  };
  return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const values = expression.split(" || ").map(resolved);
    return values.find((value) => value !== "") ?? "";
  });
}

/** `name=value`, or `name<<end`, lines, `end`. */
function outputsIn(text: string): Record<string, string> {
  const single = [...text.matchAll(/^([\w-]+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]);
  const several = [...text.matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n?^\2$/gm)].map(([, name = "", , value = ""]) => [
    name,
    value,
  ]);
  return Object.fromEntries([...single, ...several]);
}

function stepNamed(name: string): Step {
  const step = action.runs.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the action has no step ${name}`);
  return step;
}
