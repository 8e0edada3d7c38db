import type { EnumNode, Incompatibility, Node } from "../../avro/index.ts";
import type { Place, Places } from "../../catalog/index.ts";
import type { Direction } from "../model.ts";
import { renamedInWriter } from "./renamed.ts";

/** A schema's file, and where things stand in it. */
export interface Located {
  readonly file: string;
  readonly places: Places;
}

/** Where a break is in the newer schema, and where in the older what it is about. */
export function placesOf(
  incompatibility: Incompatibility,
  direction: Direction,
  { newer, older }: { newer: Located; older: Located | undefined },
): { place: Place; oldPlace?: Place } {
  const { type, writerPath } = incompatibility;
  const [reader, writer] = direction === "BACKWARD" ? [newer, older] : [older, newer];
  const renamed = direction === "FORWARD" ? renamedInWriter(incompatibility) : undefined;
  const paths = {
    ...pathsOf(type, incompatibility),
    ...(renamed && { writer: [...writerPath, "fields", String(renamed.index), "name"] }),
  };
  const atReader = reader && placeAt(reader, paths.reader);
  const atWriter = writer && placeAt(writer, paths.writer);
  const [place, oldPlace] = direction === "BACKWARD" ? [atReader, atWriter] : [atWriter, atReader];
  return { place: place ?? placeAt(newer, []), ...(oldPlace && !isNew(type, direction) && { oldPlace }) };
}

/** A field or symbol that was added stood nowhere before. */
const isNew = (type: Incompatibility["type"], direction: Direction): boolean =>
  type === (direction === "BACKWARD" ? "READER_FIELD_MISSING_DEFAULT_VALUE" : "MISSING_ENUM_SYMBOLS");

type Nodes = Pick<Incompatibility, "readerPath" | "writerPath" | "readerNode" | "writerNode">;

/** The keys to what is at fault on either side; undefined where there is nothing of it on that side. */
function pathsOf(
  type: Incompatibility["type"],
  { readerPath, writerPath, readerNode, writerNode }: Nodes,
): { reader: readonly string[]; writer: readonly string[] } {
  switch (type) {
    case "READER_FIELD_MISSING_DEFAULT_VALUE":
      // What lacks it is the writer's record.
      return { reader: [...readerPath, "name"], writer: [...writerPath, "fields"] };
    case "MISSING_ENUM_SYMBOLS":
      return { reader: readerPath, writer: [...writerPath, "symbols", ...missingSymbol(readerNode, writerNode)] };
    case "NAME_MISMATCH":
      return { reader: readerPath, writer: [...writerPath, "name"] };
    case "FIXED_SIZE_MISMATCH":
      return { reader: readerPath, writer: [...writerPath, "size"] };
    case "CHECK_FAILED":
      return { reader: readerPath.at(-2) === "fields" ? [...readerPath, "name"] : readerPath, writer: writerPath };
    default:
      return { reader: readerPath, writer: writerPath };
  }
}

/** The index of the first symbol that the reader lacks. */
function missingSymbol(reader: Node, writer: Node): string[] {
  if (reader.type !== "enum" || writer.type !== "enum") return [];
  return [String(writer.symbols.findIndex((symbol) => !hasSymbol(reader, symbol)))];
}

const hasSymbol = ({ symbols }: EnumNode, symbol: string): boolean => symbols.includes(symbol);

/** A list as a whole is shown by its name, and a type of several lines by its own. */
export function placeAt({ file, places }: Located, path: readonly string[]): Place {
  const part = places.follow(file, path);
  const last = part.keys.at(-1);
  if (last === "fields" || last === "symbols") return places.at(part, { name: true });
  const place = places.at(part);
  if (place.line === place.endLine) return place;
  for (const key of ["name", "type"]) {
    const inner = places.at({ ...part, keys: [...part.keys, key] });
    if (inner.offset !== place.offset && inner.line === inner.endLine) return inner;
  }
  return { ...place, endLine: place.line, endColumn: place.column + 1, length: 1 };
}
