import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expectPrinted } from "../../support/page.ts";
import { ROOT } from "../../support/sluice.ts";
import { type Branches, COUPON, cloneOf, NOTE, openServer, openWorkshop, topicFiles } from "./repository.ts";

/** GitLab's template: its script, run in a clone as GitLab makes it, by the plainest shell that a job may have. */
setDefaultTimeout(60_000);

interface Template {
  readonly "sluice-check": {
    readonly script: readonly string[];
    readonly variables: Readonly<Record<string, string | number>>;
    readonly artifacts: { readonly reports: Readonly<Record<string, string>> };
  };
}

const text = readFileSync(join(ROOT, ".gitlab/sluice-check.yml"), "utf8");
const job = (Bun.YAML.parse(text) as Template)["sluice-check"]; // Its form is what is tested.

test("a merge request that breaks a reader fails, with a code quality report and a test report", async () => {
  const { code, out, reports } = await runJob({ change: topicFiles("", COUPON) });
  expect(code).toBe(100);
  expect(out).toContain("v1.avsc:7:15 error READER_FIELD_MISSING_DEFAULT_VALUE orders.order.created.v1-value\n");
  expect(JSON.parse(reports.codequality ?? "")).toMatchObject([
    {
      check_name: "READER_FIELD_MISSING_DEFAULT_VALUE",
      location: { path: "schemas/orders.order.created/v1.avsc", lines: { begin: 7 } },
    },
  ]);
  expect(reports.junit).toContain('<testsuites name="sluice check" tests="1" failures="1"');
});

test("the page shows the log of a job", async () => {
  const { out } = await runJob({ change: topicFiles("", COUPON) });
  const command = job.script.at(-1)?.replace("$CHECK_COMMAND", job.variables.CHECK_COMMAND as string); // A text in YAML.
  await expectPrinted("src/gate/formats/README.md", "gitlab", `\`\`\`\n$ ${command}\n${withoutChance(out)}\`\`\``);
});

test("a merge request that breaks nothing passes, with reports of that", async () => {
  const { code, out, reports } = await runJob({ change: topicFiles("", NOTE) });
  expect(code).toBe(0);
  expect(out).toContain("compared with git:origin/main");
  expect(reports.codequality).toBe("[]\n");
});

test("a branch that is older than the depth is compared all the same", async () => {
  const { code } = await runJob({ change: topicFiles("", COUPON), commits: 6 }, { GIT_DEPTH: "2" });
  expect(code).toBe(100);
});

test("the schemas of a folder below are found at their paths from the root", async () => {
  const branches = { before: topicFiles("shop/"), change: topicFiles("shop/", COUPON) };
  const { code, reports } = await runJob(branches, { CHECK_FOLDER: "shop" });
  expect(code).toBe(100);
  expect(reports.codequality).toContain('"path": "shop/schemas/orders.order.created/v1.avsc"');
});

async function runJob(branches: Branches, variables: Readonly<Record<string, string>> = {}) {
  await using shop = await openWorkshop();
  const clone = await cloneOf(shop, await openServer(shop, branches), "refs/heads/change");
  const given = Object.entries(job.variables).map(([name, value]) => [name, String(value)] as const);
  const ended = await shop.run(["sh", "-e", "-c", job.script.join("\n")], {
    cwd: clone,
    env: {
      ...Object.fromEntries(given),
      PATH: `${dirname(shop.executable)}:${shop.env.PATH}`,
      CI: "true",
      CI_COMMIT_SHA: await shop.git(clone, "rev-parse", "HEAD"),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_PROJECT_DIR: clone,
      ...variables,
    },
  });
  if (![0, 100].includes(ended.code)) throw new Error(`exit ${ended.code}: ${ended.out}${ended.err}`);
  const reports = Object.entries(job.artifacts.reports).map(([kind, file]) => {
    return [kind, readFileSync(join(clone, file), "utf8")] as const;
  });
  return { ...ended, reports: Object.fromEntries(reports) };
}

/** What is another in each run: the commit, and how long it took. */
function withoutChance(out: string): string {
  return out.replaceAll(/(git:\S+ \(schema of )[0-9a-f]{7,}/g, "$14f1c09a").replace(/; \d+ ms$/m, "");
}
