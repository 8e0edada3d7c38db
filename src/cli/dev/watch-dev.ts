import type { Config } from "../../config.ts";
import { reasonsIn, type Tell } from "./news.ts";
import type { Dev } from "./open-dev.ts";
import { schemasIn, type WatchedFolder, watchFolders } from "./watch.ts";

/** Follows what is saved in the folders of schemas and workers, one change after the other. */
export function watchDev(
  opening: Promise<Pick<Dev, "reloadSchemas" | "reloadWorkers">>,
  { schemasDir, workersDir }: Pick<Config, "schemasDir" | "workersDir">,
  tell: Tell,
): Promise<Disposable> {
  const schemas = schemasIn(schemasDir);
  const workers: WatchedFolder = { dir: workersDir, wants: (path) => !/\.(test\.ts|d\.ts|md)$|~$/.test(path) };
  return watchFolders({
    folders: [schemas, workers],
    onChange: async (folder, paths) => {
      try {
        const dev = await opening;
        await (folder === schemas ? dev.reloadSchemas() : dev.reloadWorkers(namesOf(paths)));
      } catch (error) {
        const text = "the change could not be followed:";
        tell({ event: "dev.failed", level: "error", about: folder.dir, text, details: reasonsIn(error) });
      }
    },
  });
}

/** The workers whose own files changed; all of them where it is a file that they may import. */
function namesOf(paths: readonly string[]): readonly string[] | undefined {
  const own = paths.filter((path) => /^[^/\\]+\.ts$/.test(path));
  return own.length === paths.length ? own.map((path) => path.slice(0, -".ts".length)) : undefined;
}
