import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cluster } from "../support/cluster.ts";
import { typed } from "../support/sluice.ts";
import { openStory } from "../support/story.ts";

describe.skipIf(cluster === undefined)("commands on a real cluster", () => {
  const opened = new AsyncDisposableStack();
  let story: Awaited<ReturnType<typeof openStory>>;
  beforeAll(async () => {
    if (cluster !== undefined) story = opened.use(await openStory(cluster));
  });
  afterAll(() => opened.disposeAsync());

  test("plan shows levels first, then schemas, and changes nothing", async () => {
    for (const _ of ["once", "again"]) {
      const { code, out } = await story.run("plan", "--json");
      const { changes, refused, steps } = JSON.parse(out);
      expect({ code, changes, refused, kinds: steps.map(({ kind }: { kind: string }) => kind) }).toEqual({
        code: 0,
        changes: true,
        refused: 0,
        kinds: ["level", "register"],
      });
    }
  }, 20_000);

  test("apply does it, and once more has nothing to do", async () => {
    expect((await story.run("apply")).out).toContain("Done: 2 changes.");
    expect((await story.run("apply")).out).toContain("Nothing to do: everything is registered.");
    expect((await story.run("plan")).out).toContain("Nothing to do.");
  }, 20_000);

  test("topics apply creates the topic and the worker's dead-letter topic, and once more has nothing to do", async () => {
    const plan = await story.run("topics", "plan");
    expect(plan.out).toContain(`+  ${story.topic} `);
    expect(plan.out).toContain(`+  ${story.topic}.${story.group}.dlt `);
    expect((await story.run("topics", "apply")).out).toContain("Done: 2 changes.");
    expect((await story.run("topics", "apply")).out).toBe("Nothing to do: every topic is as declared.\n");
  }, 20_000);

  test("a group that is not there is told as such", async () => {
    expect(await story.run("groups", story.group)).toEqual({
      code: 1,
      out: "",
      err: typed(`sluice: there is no group ${story.group}; \`sluice groups\` lists those that there are.\n`),
    });
  }, 20_000);
});

test.each([
  ["apply", /SCHEMA_REGISTRY_URL=/],
  ["groups", /KAFKA_BOOTSTRAP_SERVERS=/],
])(
  "`sluice %s` without anybody at the other end says who does not answer, in a sentence",
  async (command, who) => {
    using nobody = Bun.serve({ port: 0, fetch: () => new Response() });
    const { port } = nobody;
    await nobody.stop(true);
    const story = await openStory({
      kafka: `127.0.0.1:${port}`,
      registry: `http://127.0.0.1:${port}`,
      postgres: undefined,
    });
    await using _ = story;
    const { code, err } = await story.run(command);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(who) });
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  },
  30_000,
);
