export {
  type BreakingRecord,
  createProofs,
  createWitnesses,
  type NoRecord,
  type Proofs,
  type Witnesses,
  witnessOf,
} from "./witness.ts";
