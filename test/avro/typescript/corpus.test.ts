import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Codec,
  createCodec,
  InvalidValue,
  parseSchema,
  type Schema,
  typescriptOf,
} from "../../../src/avro/index.ts";
import { jsonOf } from "../../../src/client/json.ts";
import { typescriptProject } from "../../support/typescript.ts";
import { schemas } from "../arbitraries.ts";
import { type Case, CORPUS } from "./corpus.ts";
import { expressionOf, type Side, valuesOf, withoutNegativeZero } from "./values.ts";

/**
 * A type that is wrong is found by nobody here: a worker reads `value.amount * 2`, compiles, and multiplies an object in
 * production. So the compiler itself is asked, once, about values that the codec has decoded and encoded.
 */
const SEED = 20_261_121;
const VALUES = 15;
const RANDOM_SCHEMAS = 60;

const parsed = CORPUS.map((one) => ({ ...one, schema: parseSchema(one.schema) }));
const random = fc.sample(schemas, { numRuns: RANDOM_SCHEMAS, seed: SEED }).map((schema, index) => ({
  title: `random ${index}`,
  schema,
  // Some are one way and some are not.
  oneWay: null,
}));

/** Unions of every kind, of which most decode to wrapped values. */
const unions = [
  ...CORPUS.flatMap(({ schema }) => unionsIn(schema)).map((union) => parseSchema(union)),
  ...fc
    .sample(schemas, { numRuns: 1_500, seed: SEED })
    .filter(({ root }) => root.type === "union" && root.branches.length > 1)
    .slice(0, 100),
];

/** The union of a case's field `f`. */
function unionsIn(schema: unknown): unknown[] {
  const { fields = [] } = schema as { fields?: readonly { name: string; type: unknown }[] }; // A case's schema is JSON.
  return fields.filter(({ name, type }) => name === "f" && Array.isArray(type)).map(({ type }) => type);
}

/** What the codec returns of what it has encoded. */
function outputs(schema: Schema): unknown[] {
  const codec = createCodec(schema);
  return sampled(schema, "output").map((value) => codec.decode(codec.encode(value)));
}

/** What the codec takes. */
function inputs(schema: Schema): unknown[] {
  const codec = createCodec(schema);
  const values = sampled(schema, "input");
  const taken = values.filter((value) => refusal(codec, value) === undefined);
  // What might be a wrapper or a map is refused whatever its type says; all else must be taken.
  expect(taken.length).toBeGreaterThan(values.length / 2);
  return taken;
}

function sampled(schema: Schema, side: Side): unknown[] {
  return fc.sample(valuesOf(schema.root, side), { numRuns: VALUES, seed: SEED }).map(withoutNegativeZero);
}

/** Why a value is not taken: as it is, or as the JSON that the door gets of it. */
function refusal(codec: Codec, value: unknown): string | undefined {
  try {
    const sent = codec.encode(JSON.parse(jsonOf(value)));
    return sent.equals(codec.encode(value)) ? undefined : "as JSON it means something else";
  } catch (error) {
    if (error instanceof InvalidValue) return error.message;
    throw error;
  }
}

interface Parsed extends Omit<Case, "schema" | "oneWay"> {
  readonly schema: Schema;
  readonly oneWay?: true | null;
}

/** The module of a case: its types, and constants that must or must not have them. */
function moduleOf({ schema, oneWay, taken = [], notOutput = [], notInput = [] }: Parsed): string {
  const { output, input } = typescriptOf([{ schema, suffix: "V1" }]);
  const constant = (type: string, expressions: readonly string[]) =>
    expressions.map((one, index) => `export const ${type.toLowerCase()}${index}: ${type} = ${one};`);
  const refused = (type: string, expressions: readonly string[]) =>
    expressions.flatMap((one, index) => ["// @ts-expect-error", `export const no${type}${index}: ${type} = ${one};`]);
  const strangers = ["undefined", "() => 1", "Symbol()"];
  return [
    output.declarations,
    input.declarations,
    `type Out = ${output.types[0]};`,
    `type In = ${input.types[0]};`,
    "/** What was decoded can be sent again. */",
    ...(oneWay ? ["// @ts-expect-error"] : []),
    ...(oneWay === null ? [] : ["export const again = (value: Out): In => value;"]),
    ...constant("Out", outputs(schema).map(expressionOf)),
    ...constant("In", [...inputs(schema).map(expressionOf), ...taken]),
    ...refused("Out", [...strangers, ...notOutput]),
    ...refused("In", [...strangers, ...notInput]),
  ].join("\n");
}

test("there are sixty schemas and more, no two of one title", () => {
  expect(new Set(CORPUS.map(({ title }) => title)).size).toBe(CORPUS.length);
  expect(CORPUS.length).toBeGreaterThanOrEqual(60);
});

test.each(parsed)("what is taken of $title is encoded", ({ schema, taken = [] }) => {
  const codec = createCodec(schema);
  for (const one of taken) expect(codec.encode(evaluated(one))).toBeInstanceOf(Buffer);
});

describe("the compiler, asked once,", () => {
  const cases = [...parsed, ...random];
  const files = Object.fromEntries(cases.map((one, index) => [`case-${index}.ts`, moduleOf(one)]));
  const plain = unions.map((schema) => ({ schema, values: plainValues(schema) }));
  for (const [index, one] of plain.entries()) files[`plain-${index}.ts`] = plainModuleOf(one);
  let found: readonly string[] = [];
  beforeAll(async () => {
    await using project = await typescriptProject(files);
    found = await project.errors();
  }, 60_000);

  test("says of each case's values what the codec says", () => {
    const wrong = found.filter((line) => line.startsWith("case-"));
    expect(wrong.map((line) => line.replace(/^case-(\d+)/, (_, index) => cases[Number(index)]?.title ?? ""))).toEqual(
      [],
    );
  });

  test("takes no value for a union's without a wrapper that the codec cannot place", () => {
    const refused = new Set(found.map((line) => /^plain-\d+\.ts\(\d+\)/.exec(line)?.[0]));
    const told = plain.flatMap(({ schema, values }, file) => {
      const codec = createCodec(schema);
      return values.map((value, line) => ({
        schema: JSON.stringify(schema.json),
        value,
        compiles: !refused.has(`plain-${file}.ts(${line + 1})`),
        refusal: refusal(codec, value),
      }));
    });
    // A text may be none of a union's texts, which no type can say: but it must not be two of them.
    const wrong = told.filter(({ compiles, value, refusal }) => {
      return (
        compiles && refusal !== undefined && (typeof value !== "string" || refusal.includes("more than one branch"))
      );
    });
    expect(wrong).toEqual([]);
    expect(told.filter(({ compiles }) => compiles).length).toBeGreaterThan(100);
    expect(told.filter((one) => one.refusal?.includes("more than one branch")).length).toBeGreaterThan(20);
  });
});

/** Values of each branch that are taken where the branch stands alone. */
function plainValues({ root, json }: Schema): unknown[] {
  if (root.type !== "union" || !Array.isArray(json)) return [];
  return root.branches.flatMap((branch, index) => {
    const codec = createCodec(parseSchema(json[index]));
    return (
      (["output", "input"] as const)
        .flatMap((side) => fc.sample(valuesOf(branch, side), { numRuns: 4, seed: SEED }))
        .map(withoutNegativeZero)
        // NaN is a number to the compiler, and a text in JSON.
        .filter((value) => !hasNaN(value) && refusal(codec, value) === undefined)
    );
  });
}

function hasNaN(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Number.isNaN(value);
  return Object.values(value).some(hasNaN);
}

/** A value on each line from the first on; what the type needs comes after them. */
function plainModuleOf({ schema, values }: { schema: Schema; values: readonly unknown[] }): string {
  const { output, input } = typescriptOf([{ schema, suffix: "V1" }]);
  const lines = values.map((value, index) => `export const value${index}: In = ${expressionOf(value)};`);
  return [...lines, `type In = ${input.types[0]};`, output.declarations, input.declarations].join("\n");
}

/** The value of an expression of ours. */
function evaluated(expression: string): unknown {
  return new Function(`return ${expression === "{}" ? "({})" : `(${expression})`};`)();
}
