import type { Field, NamedNode, RecordNode, UnionNode } from "../../avro/index.ts";
import type { Fix } from "../model.ts";

/** A part of a schema that a rule looks at, and the keys to it from the root. */
export type LintPart =
  | { readonly kind: "type"; readonly node: NamedNode; readonly path: readonly string[] }
  | {
      readonly kind: "field";
      readonly field: Field;
      readonly record: RecordNode;
      readonly path: readonly string[];
      /** How most names of fields in the file are written; undefined while none shows it. */
      readonly style: "snake_case" | "camelCase" | undefined;
    }
  | { readonly kind: "union"; readonly node: UnionNode; readonly path: readonly string[] };

/** What a rule says of a part. */
export interface LintProblem {
  /** Keys from the part to what is at fault: `symbols`, `2`. */
  readonly below?: readonly string[];
  readonly message: string;
  readonly help: string;
  /** What tells it from another problem of the same rule at the same part. */
  readonly meaning?: string;
  readonly fix?: (file: string) => Fix | undefined;
}

/** One rule of style. Its text is in the table of rules, under the same id. */
export interface LintRule {
  readonly id: string;
  check(part: LintPart): readonly LintProblem[];
}
