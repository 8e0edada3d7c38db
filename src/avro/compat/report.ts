import type { Node } from "../schema.ts";
import type { Finding, Incompatibility, IncompatibilityType } from "./finding.ts";
import { keysOf, type Place } from "./place.ts";

interface Pair {
  readonly reader: Node;
  readonly writer: Node;
}

/** A finding with its place. Texts and paths are made when they are asked for: some texts are as long as the schema. */
export function incompatibilityOf(
  type: IncompatibilityType,
  { below = NOTHING, message, cause, advice }: Finding,
  { reader, writer }: Pair,
  place: Place,
): Incompatibility {
  return {
    type,
    readerNode: reader,
    writerNode: writer,
    get location() {
      return `/${[...keysOf(place, "path"), ...below].join("/")}`;
    },
    get readerPath() {
      return [...keysOf(place, "reader"), ...below];
    },
    get writerPath() {
      return keysOf(place, "writer");
    },
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
  };
}

const NOTHING: readonly string[] = [];
