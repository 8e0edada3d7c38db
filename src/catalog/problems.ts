/** Something wrong in `schemas/`, and where: lines and columns count from 1, and are 0 where there is nothing to open. */
export interface CatalogProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Everything that is wrong with the files under `schemas/`, all of them at once. */
export class CatalogError extends Error {
  override readonly name = "CatalogError";
  readonly problems: readonly CatalogProblem[];

  constructor(problems: readonly CatalogProblem[]) {
    super(problems.map(problemText).join("\n"));
    this.problems = problems;
  }
}

/** A problem as people read it. */
export function problemText({ file, line, column, message }: CatalogProblem): string {
  return line === 0 ? message : `${file}:${line}:${column}: ${message}`;
}
