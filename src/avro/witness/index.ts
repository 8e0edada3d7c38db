export { type BreakingRecord, createWitnesses, type Witnesses, witnessOf } from "./witness.ts";
