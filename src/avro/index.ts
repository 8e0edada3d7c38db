export { type Codec, createCodec } from "./codec.ts";
export {
  checkCompatibility,
  type Incompatibility,
  type IncompatibilityType,
  LEVELS,
  type Level,
  RULES,
} from "./compat/index.ts";
export {
  TYPESCRIPT_RULES,
  type TypescriptChange,
  type TypescriptRuleId,
  typescriptChanges,
} from "./compat/typescript/index.ts";
export { createDecoderCache, type DecoderCache } from "./decoder-cache.ts";
export { type ChangeKind, changesBetween, type SchemaChange } from "./diff/index.ts";
export {
  DECODE_ERRORS,
  DecodeError,
  InvalidValue,
  SchemaError,
  type SchemaProblem,
  Unreadable,
  type ValueProblem,
} from "./errors.ts";
export { exampleOf } from "./example.ts";
export { jsonSchemaOf } from "./json-schema.ts";
export { COMPATIBILITY_LEVELS, type CompatibilityLevel, isCompatibilityLevel } from "./levels.ts";
export { type LogicalType, logicalName, type TimeUnit } from "./logical.ts";
export { nearest } from "./nearest.ts";
export { parseSchema } from "./parse.ts";
export { plural } from "./plural.ts";
export { createProbe, type Met } from "./probe.ts";
export { createDecoder, type Decoder } from "./resolve.ts";
export {
  type ArrayNode,
  branchName,
  type EnumNode,
  type Field,
  type FixedNode,
  type Json,
  type JsonObject,
  type MapNode,
  type NamedNode,
  type Node,
  namedTypes,
  PRIMITIVES,
  type Primitive,
  type PrimitiveNode,
  type RecordNode,
  type Schema,
  type UnionNode,
} from "./schema.ts";
export {
  JSON_DEPTH_MAX,
  normalizedText,
  numberText,
  parseSchemaMember,
  parseSchemaText,
  readJson,
  sameSchema,
  schemaText,
  strictProblems,
} from "./stored/index.ts";
export { type TypedSchema, type Typescript, type TypescriptSide, typescriptOf } from "./typescript/index.ts";
export { FRAME_HEADER_BYTES, frame, SCHEMA_ID_MAX, unframe } from "./wire.ts";
export {
  type BreakingRecord,
  createProofs,
  createWitnesses,
  type Proofs,
  type Witnesses,
  witnessOf,
} from "./witness/index.ts";
