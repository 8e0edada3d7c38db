export {
  type Changelog,
  type ChangelogEntry,
  changelogOfGit,
  changelogOfVersions,
  diffsSince,
} from "./changelog.ts";
export { compareSchemas, type DiffSide, type SchemaDiff } from "./compare.ts";
export { changelogHtml, diffHtml } from "./html.ts";
export { changelogJson, diffJson } from "./json.ts";
export { changelogMarkdown } from "./markdown.ts";
export { diffText } from "./text.ts";
