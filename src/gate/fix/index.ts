export { type AppliedFixes, applyEdits, applyFixes } from "./apply.ts";
export { createFixer, fixOf } from "./fix-of.ts";
export type { Problem } from "./problem.ts";
export { createRenames, type Renaming } from "./renames.ts";
