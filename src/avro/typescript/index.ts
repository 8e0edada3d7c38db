import type { Schema } from "../schema.ts";
import { createInput } from "./input.ts";
import { createNames } from "./names.ts";
import { createOutput } from "./output.ts";
import { inline } from "./text.ts";

/** A schema to write types for. */
export interface TypedSchema {
  readonly schema: Schema;
  /** Goes behind the name of a type that differs from another schema's type of the same name: `V2`. */
  readonly suffix: string;
}

/** TypeScript for schemas. */
export interface Typescript {
  /** What `createCodec(schema).decode` returns. */
  readonly output: TypescriptSide;
  /** What `encode` takes: JSON as people write it, and what `decode` returns. It uses the declarations of `output`. */
  readonly input: TypescriptSide;
}

export interface TypescriptSide {
  /** An interface per record, a union of literals per enum; each once, in the order in which they are met. */
  readonly declarations: string;
  /** The type of each schema's values, in the order given. */
  readonly types: readonly string[];
}

/** Writes the TypeScript types of values. Equal types are written once. */
export function typescriptOf(schemas: readonly TypedSchema[]): Typescript {
  const names = createNames();
  const output = createOutput(names);
  const outputTypes = schemas.map(({ schema, suffix }) => inline(output.typeOf(schema.root, suffix)));
  // All names of output are given before: no input takes one away.
  const input = createInput(names, output);
  const inputTypes = schemas.map(({ schema, suffix }) => inline(input.typeOf(schema.root, suffix)));
  return {
    output: { declarations: output.declarations().join("\n"), types: outputTypes },
    input: { declarations: input.declarations().join("\n"), types: inputTypes },
  };
}
