import type { Incompatibility, Schema } from "../../avro/index.ts";
import type { Place, Places } from "../../catalog/index.ts";
import type { Direction } from "../model.ts";
import { namePath } from "./path.ts";
import { placesOf } from "./places.ts";
import { messageOf } from "./words.ts";

/** A break of a schema in a file, and what reads there. */
export interface BreakInFile {
  readonly subject: string;
  readonly file: string;
  readonly reader: Schema;
  readonly direction: Direction;
  readonly incompatibility: Incompatibility;
}

/** Tells breaks that somebody else has found where and how a check tells them. */
export const breakTeller =
  (places: Places) =>
  ({ subject, file, reader, direction, incompatibility }: BreakInFile): { place: Place; message: string } => ({
    place: placesOf(incompatibility, direction, { newer: { file, places }, older: undefined }).place,
    message: messageOf(
      { subject, field: namePath(reader, incompatibility.readerPath).field, incompatibility },
      direction,
    ),
  });
