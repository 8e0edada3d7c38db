import type { Incompatibility, Schema } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import type { Direction } from "../model.ts";

/** What is to be mended: a break between two schemas of one subject. */
export interface Problem {
  readonly direction: Direction;
  /** Its reader is the newer schema where the direction is BACKWARD, the older one where it is FORWARD. */
  readonly incompatibility: Incompatibility;
  readonly newer: Schema;
  readonly older: Schema;
  /** Of the newer schema. */
  readonly file: string;
  readonly places: Places;
  /** Where the older schema stands, for bases that have files: what is put back is copied from there. */
  readonly olderSource?: { readonly file: string; readonly places: Places };
}
