import { expect, test } from "bun:test";
import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };

/**
 * What holds for the repository as a whole: who may import whom, where a third-party client lives, who may ask the
 * process. Each is a promise to whoever replaces a part, and is broken by one import that nobody notices.
 */
const ROOT = join(import.meta.dir, "..");

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly string[];
}

async function sources(...patterns: readonly string[]): Promise<Source[]> {
  const files = patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(ROOT)]).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = await Bun.file(join(ROOT, file)).text();
      const imports = [...text.matchAll(/(?:\bfrom|\bimport\(|^import) ?"([^"]+)"/gm)].map(([, name = ""]) => name);
      return { file, text, imports };
    }),
  );
}

/** Comments on lines of their own are not code. */
const withoutComments = (text: string): string => text.replace(/^\s*(\/\/|\/?\*).*$/gm, "");

/** `src/kafka/producer/sender.ts` is of the folder `kafka`; a file beside the folders is its own. */
const folderOf = (file: string): string => file.split("/")[1] ?? "";

/** The folders that a folder may use; `index.ts` at the root is for workers, the other five files are for everybody. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  avro: [],
  catalog: ["avro"],
  gate: ["avro", "catalog"],
  registry: ["avro", "catalog", "gate"],
  client: ["catalog"],
  records: [],
  kafka: ["records"],
  store: [],
  api: ["avro", "catalog", "gate", "registry", "kafka"],
  worker: ["avro", "catalog", "registry", "kafka", "store"],
  broker: ["records"],
  testing: ["avro", "catalog", "registry", "kafka", "store", "worker", "broker"],
  cli: ["avro", "catalog", "gate", "registry", "kafka", "store", "api", "worker", "broker"],
};
const FOR_ALL = ["config.ts", "events.ts", "log.ts", "nobody-there.ts", "thrown.ts"];
/** Parts of a folder with a door of their own: whoever uses the folder does not load them along with it. */
const OWN_DOORS = ["src/catalog/event-types.ts", "src/registry/check/index.ts", "src/registry/server/index.ts"];

test("a folder uses only the folders below it, and those through their index.ts", async () => {
  const wrong = [];
  for (const { file, imports } of await sources("src/*/**/*.ts")) {
    for (const name of imports.filter((one) => one.startsWith("."))) {
      const target = join(file, "..", name);
      if (target === "package.json") continue;
      const folder = folderOf(target);
      if (folder === folderOf(file) || FOR_ALL.includes(folder)) continue;
      const door = target === `src/${folder}/index.ts` || OWN_DOORS.includes(target);
      const allowed = MAY_USE[folderOf(file)]?.includes(folder) && door;
      if (!allowed) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("the door's client takes nothing but types from other folders", async () => {
  for (const { file, text } of await sources("src/client/**/*.ts")) {
    const foreign = [...text.matchAll(/^import (type )?.*from "\.\..*$/gm)].filter(([, type]) => type === undefined);
    expect({ file, foreign: foreign.map(([line]) => line) }).toEqual({ file, foreign: [] });
  }
});

test("a worker imports what `src/index.ts` names, and nothing else of ours", async () => {
  for (const { file, imports } of await sources("workers/*.ts")) {
    expect({ file, imports: imports.filter((one) => one.startsWith(".")) }).toEqual({
      file,
      imports: ["../src/index.ts"],
    });
  }
});

/** Rooms without I/O, and what each may import beside itself. The time is an argument in them, and so is chance. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  "src/avro": ["avsc/lib/utils.js"],
  "src/records": [],
  "src/broker/protocol": ["src/records/index.ts"],
  "src/broker/group": ["src/broker/protocol/index.ts"],
};
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|performance\.|setTimeout|setInterval|setImmediate|Math\.random|crypto\.|process\.|Bun\.(?!CryptoHasher|deepEquals)|fetch\(|await\b)/;

test.each(Object.entries(PURE))("%s does no I/O, and asks no clock", async (room, allowed) => {
  const files = await sources(`${room}/**/*.ts`);
  expect(files.length).toBeGreaterThan(0);
  const imported = files.flatMap(({ file, imports }) =>
    imports.map((name) => (name.startsWith(".") ? join(file, "..", name) : name)),
  );
  expect(imported.filter((name) => !name.startsWith(`${room}/`) && !allowed.includes(name))).toEqual([]);
  expect(files.filter(({ text }) => IMPURE.test(withoutComments(text))).map(({ file }) => file)).toEqual([]);
});

/** Where each package may be imported. `bun:test` and Node's own modules are nobody's. */
const LIVES_IN: Readonly<Record<string, RegExp>> = {
  avsc: /^src\/avro\/cursor\.ts$/,
  kafkajs: /^src\/kafka\/(connection|calls)\.ts$/,
  pino: /^src\/log\.ts$/,
  commander: /^src\/cli\//,
  "jsonc-parser": /^src\/(catalog\/(source|places)|api\/events\/json|gate\/(fix|format|lint)\/[\w-]+)\.ts$/,
  elysia: /^src\/(api\/|registry\/server\/)/,
  "@elysia/openapi": /^src\/api\/openapi\//,
  "swagger-ui-dist": /^src\/api\/openapi\//,
  "prom-client": /^src\/(api\/metrics|worker)\//,
};

const packageOf = (name: string): string => name.split("/", name.startsWith("@") ? 2 : 1).join("/");

test("each package that runs in production is used, and in its own folder alone", async () => {
  const used = (await sources("src/**/*.ts", "workers/*.ts"))
    .filter(({ file }) => !file.endsWith(".d.ts"))
    .flatMap(({ file, imports }) =>
      imports.filter((one) => !/^(\.|node:|bun\b)/.test(one)).map((one) => ({ file, name: packageOf(one) })),
    );
  expect(used.filter(({ file, name }) => !LIVES_IN[name]?.test(file))).toEqual([]);
  expect(new Set(used.map(({ name }) => name))).toEqual(new Set(Object.keys(manifest.dependencies)));
});

test("the README gives a reason for each package, and none for others", async () => {
  const readme = await Bun.file(join(ROOT, "README.md")).text();
  const [, table = ""] = readme.split("## What it is built on\n");
  const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = ""]) => cell.trim().split(", "));
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(new Set(named.filter((name) => name !== "dependency"))).toEqual(new Set(packages));
});

test("`main.ts` alone asks the process for its arguments and environment, or ends it", async () => {
  const asks = /\bprocess\.(env|argv|exit|on|stdout|stderr|cwd)\b|\bBun\.(env|argv)\b|\bconsole\.\w/;
  const asking = (await sources("src/**/*.ts", "workers/*.ts")).filter(({ text }) => asks.test(withoutComments(text)));
  expect(asking.map(({ file }) => file)).toEqual(["src/main.ts"]);
});

test("every folder of the sources says in its README what it is for", async () => {
  for (const folder of [...Object.keys(MAY_USE).map((name) => `src/${name}`), "workers", "schemas"]) {
    const readme = await Bun.file(join(ROOT, folder, "README.md")).text();
    const [first = ""] = readme.split(/\n+/).filter((line) => line !== "" && !line.startsWith("#"));
    expect(`${folder}: ${first}`).toMatch(/: [A-Z].{20,}/);
  }
});
