import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLock } from "../../src/catalog/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { ROOT, sluice } from "../support/sluice.ts";

const ORDERS = "orders.order.created.v1-value";
const opened = new AsyncDisposableStack();
afterAll(() => opened.disposeAsync());

/** The repository's schemas in a folder of a test's own, without a lock, beside an empty registry. */
async function scene() {
  const dir = mkdtempSync(join(tmpdir(), "sluice-apply-"));
  opened.defer(() => rmSync(dir, { recursive: true }));
  const schemas = join(dir, "schemas");
  cpSync(join(ROOT, "schemas"), schemas, { recursive: true });
  const lock = join(schemas, "schemas.lock.json");
  rmSync(lock);
  const server = opened.use(await openRegistry());
  const registry = createRegistry({ url: server.url });
  const env = (url: string) => ({ SLUICE_SCHEMAS: schemas, SCHEMA_REGISTRY_URL: url });
  const file = join(schemas, "orders.order.created/v1.avsc");
  const edit = (change: (fields: object[]) => object[]) => {
    const json: { fields: object[] } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...json, fields: change(json.fields) }, null, 2));
  };
  return {
    schemas,
    lock,
    registry,
    file,
    run: (...args: string[]) => sluice(args, env(server.url)),
    runAt: (url: string, ...args: string[]) => sluice(args, env(url)),
    locked: () => parseLock(readFileSync(lock, "utf8")),
    /** Adds a field to the orders. */
    add: (field: object) => edit((fields) => [...fields, field]),
    /** Takes one out of them. */
    remove: (name: string) => edit((fields) => fields.filter((field) => !("name" in field && field.name === name))),
  };
}

const NOTE = { name: "remark", type: "string", default: "" };

describe("the lock", () => {
  test("is written by apply, and left alone where nothing has changed", async () => {
    const { run, lock, locked, add } = await scene();
    expect((await run("plan")).out).toContain("schemas.lock.json is not there; `sluice apply` writes it.");
    expect(await run("apply")).toMatchObject({
      code: 0,
      out: expect.stringContaining("schemas.lock.json is up to date."),
    });
    expect(locked().subjects.get(ORDERS)).toMatchObject({ level: "BACKWARD_TRANSITIVE", versions: [{ version: 1 }] });
    const long = new Date("2020-01-01");
    utimesSync(lock, long, long);
    expect((await run("apply")).out).toEndWith("Nothing to do: everything is registered.\n");
    expect(statSync(lock).mtime).toEqual(long);

    add(NOTE);
    expect(await run("apply")).toMatchObject({ code: 0 });
    expect(
      locked()
        .subjects.get(ORDERS)
        ?.versions.map(({ version }) => version),
    ).toEqual([1, 2]);
  });

  test("stays as it is with --no-lock, and a plan says that it is behind", async () => {
    const { run, lock, add } = await scene();
    await run("apply");
    const before = readFileSync(lock, "utf8");
    add(NOTE);
    expect((await run("apply", "--no-lock")).code).toBe(0);
    expect(readFileSync(lock, "utf8")).toBe(before);
    const { out } = await run("plan");
    expect(out).toContain(
      `schemas.lock.json is behind the registry; \`sluice apply\` brings it up to date: ${ORDERS}.`,
    );
    expect(JSON.parse((await run("plan", "--json")).out)).toMatchObject({
      changes: false,
      drift: [],
      lock: { state: "stale", stale: [ORDERS] },
    });
  });

  test("of another registry is not written over, unless that is asked for", async () => {
    const { run, runAt, lock, locked } = await scene();
    await run("apply");
    const before = readFileSync(lock, "utf8");
    await using other = await openRegistry();
    await createRegistry({ url: other.url }).register("taken", { text: '"string"', references: [] });
    const { code, err } = await runAt(other.url, "apply");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("of another registry") });
    expect(readFileSync(lock, "utf8")).toBe(before);
    expect((await runAt(other.url, "plan")).out).toContain("is of another registry");
    await runAt(other.url, "apply", "--replace-lock");
    expect(locked().subjects.get("shared.Money")?.versions).toMatchObject([{ id: 2 }]);
  });

  test("of which the registry has nothing is told of once, and is no drift", async () => {
    const { run, runAt } = await scene();
    await run("apply");
    await using empty = await openRegistry();
    const { out } = await runAt(empty.url, "plan");
    expect(out).not.toContain("Drift");
    expect(out).toContain("schemas.lock.json has versions of which the registry has none");
    expect(JSON.parse((await runAt(empty.url, "plan", "--json")).out)).toMatchObject({
      drift: [],
      lock: { state: "nothing in common" },
    });
  });

  test("is not written over from a registry that lacks some of its versions, which a plan tells in a line", async () => {
    const { run, runAt, add, lock, locked } = await scene();
    await run("apply");
    for (const name of ["one", "two", "three"]) {
      add({ ...NOTE, name });
      await run("apply");
    }
    const before = readFileSync(lock, "utf8");
    // A registry that was begun from the lock's first versions, and went its own way.
    const { subjects } = locked();
    const first = [...subjects].map(([name, one]) => [name, { ...one, versions: one.versions.slice(0, 1) }] as const);
    await using other = await openRegistry({ lock: { subjects: new Map(first) } });
    const { out } = await runAt(other.url, "plan");
    expect(out).toContain("!  3 versions are in the lock and not in the registry: it is another registry, or");
    expect(out).not.toContain("was deleted from");
    const { code, err } = await runAt(other.url, "apply");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`that this registry has not (${ORDERS})`) });
    expect(readFileSync(lock, "utf8")).toBe(before);
    await runAt(other.url, "apply", "--replace-lock");
    expect(locked().subjects.get(ORDERS)?.versions).toHaveLength(2);
  });

  test.each(["sluice-dev", "sluice-in-memory"])("is not written from %s, unless that is asked for", async (name) => {
    const { run, runAt, add, lock, locked } = await scene();
    await run("apply");
    const before = readFileSync(lock, "utf8");
    add(NOTE);
    await using mine = await openRegistry({ name, lock: locked() });
    expect(await runAt(mine.url, "apply")).toMatchObject({
      code: 0,
      err: expect.stringMatching(
        /lock\.json is not touched: .*this machine alone \(.*\); --lock writes it all the same\./,
      ),
    });
    expect(readFileSync(lock, "utf8")).toBe(before);
    const { out } = await runAt(mine.url, "plan");
    expect(out).not.toMatch(/behind|Drift/);
    expect(out).toContain("schemas.lock.json is not compared with this registry, which serves this machine alone");
    await runAt(mine.url, "apply", "--lock");
    expect(locked().subjects.get(ORDERS)?.versions).toHaveLength(2);
  });

  test("has what was done where the registry refuses in the middle", async () => {
    const { runAt, locked, add, registry } = await scene();
    add(NOTE);
    await using server = await openRegistry();
    // It takes what is before the orders, and no orders.
    using proxy = Bun.serve({
      port: 0,
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        if (request.method === "POST" && pathname === `/subjects/${ORDERS}/versions`) {
          return Response.json({ error_code: 42205, message: "read-only" }, { status: 422 });
        }
        const body = request.method === "GET" ? {} : { body: await request.text() };
        return fetch(`${server.url}${pathname}${search}`, {
          method: request.method,
          headers: request.headers,
          ...body,
        });
      },
    });
    const { code, out } = await runAt(`http://127.0.0.1:${proxy.port}`, "apply");
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining("5 done, 3 left; once more goes on from here."),
    });
    expect([...locked().subjects.keys()]).toEqual(["shared.Money"]);
    expect((await runAt(server.url, "apply")).code).toBe(0);
    expect([...locked().subjects.keys()]).toHaveLength(4);
    registry.close();
  });

  // Whoever is root may write anywhere.
  test.skipIf(process.getuid?.() === 0)("that cannot be written is told of, and what was registered is", async () => {
    const { run, schemas, registry } = await scene();
    chmodSync(schemas, 0o500);
    const { code, err } = await run("apply");
    chmodSync(schemas, 0o700);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("could not be written (EACCES)") });
    expect(await registry.versions(ORDERS)).toEqual([1]);
  });

  test("that is none is told of with its line", async () => {
    const { run, lock } = await scene();
    writeFileSync(lock, "{\n<<<<<<< ours\n}");
    const { code, err } = await run("plan");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("schemas.lock.json:2:1") });
  });
});

describe("a plan", () => {
  test("exits 3 with --fail-on-changes while something is pending, and 0 after", async () => {
    const { run } = await scene();
    expect((await run("plan", "--fail-on-changes")).code).toBe(3);
    expect(await run("plan")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/~ +level BACKWARD, so far by the registry's default +orders/),
    });
    await run("apply");
    expect((await run("plan", "--fail-on-changes")).code).toBe(0);
  });

  test("says where a break is, and with --json what each finding is", async () => {
    const { run, add, file } = await scene();
    await run("apply");
    add({ name: "weight", type: "int" });
    const { code, out } = await run("plan");
    expect(code).toBe(1);
    expect(out).toMatch(/v1\.avsc:\d+:\d+ READER_FIELD_MISSING_DEFAULT_VALUE .*`weight`.*\(cannot read version 1\)/);
    const checked = JSON.parse((await run("check", "--against", "registry", "--format", "json")).out);
    const [{ place, message }] = checked.findings.filter(({ severity }: { severity: string }) => severity === "error");
    expect(out).toContain(`:${place.line}:${place.column} READER_FIELD_MISSING_DEFAULT_VALUE ${message} (`);
    const { steps } = JSON.parse((await run("plan", "--json")).out);
    const step = steps.find(({ subject }: { subject: string }) => subject === ORDERS);
    expect(step).toMatchObject({
      status: "incompatible",
      findings: [{ rule: "READER_FIELD_MISSING_DEFAULT_VALUE", direction: "BACKWARD", versions: [1], file }],
      verdict: { compatible: false },
    });
    const refused = (await run("apply")).out;
    expect(refused).toStartWith(`${ORDERS} (`);
    for (const text of [out, refused]) {
      expect(text).toContain("What gate.yaml ignores is refused here all the same: the registry goes by the level.");
      expect(text).toContain("`sluice bump orders.order.created` makes a new version of the topic, or `compatibility`");
    }
    expect(refused).toEndWith("\nRefused: 0 done, 1 left, 3 registered already.\n");
  });

  test("shows what somebody else did to the registry", async () => {
    const { run, registry } = await scene();
    await run("apply");
    const latest = await registry.version(ORDERS, "latest");
    const { fields, ...rest }: { fields: object[] } = JSON.parse(latest?.text ?? "");
    const text = JSON.stringify({ ...rest, fields: [...fields, NOTE] });
    await registry.register(ORDERS, { text, references: [] });
    await registry.setLevel("orders.order.shipped.v1-value", "FULL");
    await registry.deleteSubject("orders.payment.captured.v1-value");

    const { out } = await run("plan");
    expect(out).toContain("Drift: the registry was changed by somebody else");
    expect(out).toContain("version 2 is in the registry, and neither the folder nor the lock knows it");
    expect(out).toContain("the level is FULL in the registry, and BACKWARD in the lock");
    expect(out).toContain("version 1 (id 4) is in the lock, and was deleted from the registry");
    expect(out).toContain("rolled back to version 1 (id 2); version 2 stays the latest");
    const { drift } = JSON.parse((await run("plan", "--json")).out);
    expect(drift).toMatchObject([
      { kind: "unknown version", subject: ORDERS, version: 2 },
      { kind: "level", level: "FULL", lockedLevel: "BACKWARD" },
      { kind: "missing version", version: 1, id: 4 },
    ]);
  });
});

describe("a level that asks for more", () => {
  test("is refused where what is registered breaks it, though no schema changes", async () => {
    const { run, add, remove, registry, schemas } = await scene();
    const level = (to: string) => {
      const file = join(schemas, "orders.order.created/topic.yaml");
      writeFileSync(file, readFileSync(file, "utf8").replace(/^compatibility: .*$/m, `compatibility: ${to}`));
    };
    level("BACKWARD");
    add({ name: "weight", type: "int", default: 0 });
    await run("apply");
    remove("weight");
    await run("apply");
    add({ name: "weight", type: "string", default: "" });
    expect((await run("apply")).code).toBe(0);

    level("BACKWARD_TRANSITIVE");
    const planned = await run("plan");
    expect(planned.code).toBe(1);
    expect(planned.out).toContain(
      "the level can't go from BACKWARD to BACKWARD_TRANSITIVE: what is registered already",
    );
    expect(planned.out).toMatch(/v1\.avsc:\d+:\d+ TYPE_MISMATCH .*\(cannot read version 1\)/);
    expect(await run("apply")).toMatchObject({ code: 1, out: expect.stringContaining("Refused: 0 done") });
    expect((await run("apply", "--allow-lowering")).code).toBe(1);
    expect(await registry.level(ORDERS)).toBe("BACKWARD");

    level("FULL");
    add({ name: "remark", type: "string", default: "" });
    const { out } = await run("plan");
    expect(out).toContain("untested");
    expect(out).toContain("the level goes to FULL first; under BACKWARD the registry accepts it");
    expect((await run("apply")).code).toBe(0);
    expect(await registry.level(ORDERS)).toBe("FULL");
  });
});

describe("what was taken out of the folder", () => {
  test("is shown, deleted with --prune alone, and in the lock until then", async () => {
    const { run, schemas, locked, registry } = await scene();
    await run("apply");
    await registry.register("foreign-value", { text: '"string"', references: [] });
    rmSync(join(schemas, "orders.order.created"), { recursive: true });
    const shown = await run("plan", "--fail-on-changes");
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining("Not in the folder any more") });
    await run("apply");
    expect(locked().subjects.has(ORDERS)).toBe(true);

    expect(await run("plan", "--prune", "--fail-on-changes")).toMatchObject({
      code: 3,
      out: expect.stringMatching(/- +deleted, version 1 +orders\.order\.created\.v1-value/),
    });
    expect((await run("apply", "--prune")).code).toBe(0);
    expect(locked().subjects.has(ORDERS)).toBe(false);
    expect(await registry.subjects()).toEqual([
      "foreign-value",
      "orders.order.shipped.v1-value",
      "orders.payment.captured.v1-value",
      "shared.Money",
    ]);
  });

  test("leaves the lock with --prune where the registry has it no more, as after an apply that was cut off", async () => {
    const { run, schemas, locked, registry } = await scene();
    await run("apply", "--lock");
    rmSync(join(schemas, "orders.order.created"), { recursive: true });
    await registry.deleteSubject(ORDERS);
    expect((await run("apply", "--lock")).code).toBe(0);
    expect(locked().subjects.has(ORDERS)).toBe(true);
    expect((await run("apply", "--prune", "--lock")).code).toBe(0);
    expect([...locked().subjects.keys()]).toEqual([
      "orders.order.shipped.v1-value",
      "orders.payment.captured.v1-value",
      "shared.Money",
    ]);
  });
});
