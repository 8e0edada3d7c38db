import type { Node } from "../schema.ts";
import type { Finding, Incompatibility, IncompatibilityType } from "./finding.ts";
import { keysOf, type Place } from "./place.ts";

interface Pair {
  readonly reader: Node;
  readonly writer: Node;
}

/** A finding with its place. Its texts are made when they are asked for: some are as long as the schema. */
export function incompatibilityOf(
  type: IncompatibilityType,
  { below = [], message, cause, advice }: Finding,
  { reader, writer }: Pair,
  place: Place,
): Incompatibility {
  return {
    type,
    location: `/${[...keysOf(place.path), ...below].join("/")}`,
    get message() {
      return message();
    },
    get explanation() {
      return `${cause()}: ${advice()}`;
    },
    get cause() {
      return cause();
    },
    get advice() {
      return advice();
    },
    readerNode: reader,
    writerNode: writer,
    readerPath: [...keysOf(place.reader), ...below],
    writerPath: keysOf(place.writer),
  };
}
