export {
  BaseError,
  type BaseParts,
  type Commit,
  type FolderHistory,
  type FolderRevision,
  type Git,
  type HistoryRegistry,
  openBase,
  openGit,
  type RegisteredVersion,
} from "./bases/index.ts";
export { breakTeller, type CheckParts, checkCatalog } from "./check/index.ts";
export type { TopicData } from "./data/drafts.ts";
export { readBack, type StoredEvent } from "./data/read-back.ts";
export {
  type Changelog,
  type ChangelogEntry,
  changelogHtml,
  changelogJson,
  changelogMarkdown,
  changelogOfGit,
  changelogOfVersions,
  compareSchemas,
  type DiffSide,
  diffHtml,
  diffJson,
  diffsSince,
  diffText,
  type SchemaDiff,
} from "./diff/index.ts";
export { type ExampleFile, type ShownExample, shownExample } from "./explain/index.ts";
export { type AppliedFixes, applyFixes } from "./fix/index.ts";
export { formatSchema } from "./format/index.ts";
export {
  FORMATS,
  type Format,
  type FormatContext,
  type FormatName,
  REPORT_SCHEMA,
  reportJson,
} from "./formats/index.ts";
export { type LintParts, lintCatalog } from "./lint/index.ts";
export type {
  Against,
  Base,
  BrokenWorker,
  CheckedSubject,
  DeclaredReader,
  Direction,
  EarlierVersion,
  Edit,
  Finding,
  Fix,
  IgnoredFinding,
  Report,
  RuleLevel,
  Severity,
  SubjectHistory,
  Witness,
} from "./model.ts";
export { RULES, type RuleText } from "./rules/index.ts";
export { rulesTable } from "./rules/table.ts";
export { GATE_DEFAULTS, type GateSettings, gateSettingsTable, type Ignore, readGateSettings } from "./settings.ts";
