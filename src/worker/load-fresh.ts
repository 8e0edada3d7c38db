import { readFileSync } from "node:fs";
import { unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { declarationOf, type LoadedWorker, notLoaded } from "./worker-file.ts";

/**
 * Loads a worker's file as it is now, with the files of its folder that it imports, whatever was loaded before. Bun
 * keeps what it has imported once, a file that failed above all: so what is imported here is a bundle under a new
 * name each time, or the file itself where it imports nothing of its folder: that takes a tenth of the time.
 * Everything outside of the folder is shared with the rest of the process.
 * @throws WorkersError with everything that is wrong, by file and line.
 */
export async function loadFresh(dir: string, name: string): Promise<LoadedWorker> {
  const file = join(dir, `${name}.ts`);
  try {
    if (await standsAlone(resolve(dir), resolve(file))) {
      return { name, file, worker: declarationOf(await import(`${resolve(file)}?${crypto.randomUUID()}`)) };
    }
    const bundle = await bundled(resolve(dir), resolve(file));
    const path = join(tmpdir(), `sluice-${crypto.randomUUID()}.js`);
    await Bun.write(path, bundle);
    try {
      const exports: Record<string, unknown> = await import(path);
      return { name, file, worker: declarationOf(exports) };
    } finally {
      await unlink(path);
    }
  } catch (error) {
    throw notLoaded(error, { dir, file });
  }
}

/** Whether all that a file imports is outside of the folder, and would be the same from a bundle. */
async function standsAlone(dir: string, file: string): Promise<boolean> {
  try {
    const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(await Bun.file(file).text());
    return imports.every(({ path }) => {
      if (isBuiltIn(path)) return true;
      const found = Bun.resolveSync(path, dirname(file));
      return !isInside(found, dir) && (found === OWN_INDEX || !isSluice(found));
    });
  } catch {
    return false; // What is wrong with it, the bundler says with its place.
  }
}

async function bundled(dir: string, file: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [file],
    target: "bun",
    format: "esm",
    sourcemap: "external",
    plugins: [
      {
        name: "the folder alone",
        setup: (build) => {
          build.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
            if (kind.startsWith("entry-point")) return undefined;
            if (isBuiltIn(path)) return { path, external: true };
            const from = dirname(importer);
            if (path.startsWith(".") && isInside(resolve(from, path), dir)) return undefined;
            return { path: outside(path, from), external: true };
          });
        },
      },
    ],
  });
  const [output, map] = outputs;
  if (output === undefined || map === undefined) throw new Error("it bundles to nothing");
  // By their whole paths, since the bundle lies elsewhere: so that what is thrown names the file it is in.
  const { sources, ...mapped }: { sources: string[] } = await map.json();
  const inline = Buffer.from(JSON.stringify({ ...mapped, sources: sources.map((source) => resolve(source)) }));
  return `${await output.text()}\n//# sourceMappingURL=data:application/json;base64,${inline.toBase64()}\n`;
}

/** What Bun brings, and this program itself, need no path. */
const isBuiltIn = (path: string): boolean => /^(node:|bun:|bun$|sluice$|sluice\/)/.test(path);

const isInside = (path: string, dir: string): boolean => !relative(dir, path).startsWith("..");

/** The whole path, since the bundle lies elsewhere. */
function outside(path: string, from: string): string {
  const found = Bun.resolveSync(path, from);
  return found !== OWN_INDEX && isSluice(found) ? "sluice" : found;
}

/** What workers import of this program. */
const OWN_INDEX = join(import.meta.dir, "../index.ts");

/** Whether this program is one executable. */
export const COMPILED = import.meta.path.startsWith("/$bunfs/");

/** Whether a file is what another copy of this program gives to workers: one process has one. */
function isSluice(file: string): boolean {
  if (!file.endsWith(join("src", "index.ts"))) return false;
  try {
    return JSON.parse(readFileSync(join(dirname(file), "../package.json"), "utf8")).name === "sluice";
  } catch {
    return false; // No package, or none that can be read, is not ours.
  }
}
