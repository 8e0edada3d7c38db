import {
  type BreakingRecord,
  checkCompatibility,
  createWitnesses,
  type Incompatibility,
  parseSchemaText,
  type Schema,
  SchemaError,
} from "../../avro/index.ts";
import {
  type CatalogProblem,
  createPlaces,
  type Place,
  type Places,
  parseLocated,
  problemText,
  type Source,
  sourceOf,
} from "../../catalog/index.ts";
import { CommandFailed } from "../exit.ts";
import { referenceHint } from "./reference-hint.ts";

/** The files of two schemas, and of those that both may use. */
export interface ComparedFiles {
  readonly reader: string;
  readonly writer: string;
  readonly references: readonly string[];
}

/** One reason why the reader cannot read, where it stands in both files, and the record that proves it. */
export interface Break {
  readonly incompatibility: Incompatibility;
  readonly place: Place;
  readonly writerPlace: Place;
  readonly witness: BreakingRecord | undefined;
}

/** What came of it. */
export interface Comparison {
  readonly files: ComparedFiles;
  readonly breaks: readonly Break[];
}

/** A file that is larger is no schema. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Compares the schemas of two files, as a registry would: they are parsed as Avro Java parses them.
 * @throws CommandFailed with every problem of the files, each with its line.
 */
export async function compareFiles(files: ComparedFiles): Promise<Comparison> {
  const names = [...new Set([...files.references, files.reader, files.writer])];
  const texts = await Promise.all(names.map(async (file) => [file, sourceOf(file, await textOf(file))] as const));
  const sources = new Map(texts);
  const shared = new Set(files.references);
  const places = createPlaces(sources, { isShared: (file) => shared.has(file) });
  const { reader, writer } = schemasIn(files, sources, places);
  const witnesses = createWitnesses(reader, writer);
  const breaks = checkCompatibility(reader, writer).map((incompatibility) => ({
    incompatibility,
    place: placeOf(places, files.reader, incompatibility.readerPath),
    writerPlace: placeOf(places, files.writer, incompatibility.writerPath),
    witness: witnesses(incompatibility),
  }));
  return { files, breaks };
}

async function textOf(file: string): Promise<string> {
  const handle = Bun.file(file);
  const { size } = handle;
  if (size > FILE_BYTES_MAX) {
    throw new CommandFailed(`${file}: ${size} bytes; a schema has at most ${FILE_BYTES_MAX}.`);
  }
  try {
    return (await handle.text()).replace(/^\ufeff/, "");
  } catch (error) {
    throw new CommandFailed(`${file}: ${error instanceof Error ? reasonOf(error) : "cannot be read"}.`, {
      cause: error,
    });
  }
}

function reasonOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file";
  return code === "EISDIR" ? "a folder, not a file" : error.message;
}

function schemasIn(
  { reader, writer, references }: ComparedFiles,
  sources: ReadonlyMap<string, Source>,
  places: Places,
) {
  const problems: CatalogProblem[] = [];
  const parse = (file: string, known: readonly Schema[]): Schema | undefined => {
    const source = sources.get(file);
    if (source === undefined) return undefined;
    try {
      return parseSchemaText(source.text, known);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      problems.push(...problemsOf(error, source, places));
      return undefined;
    }
  };
  const known = schemasOf(references, parse, problems);
  const schemas = { reader: parse(reader, known), writer: parse(writer, known) };
  if (schemas.reader === undefined || schemas.writer === undefined || problems.length > 0) throw refused(problems);
  return { reader: schemas.reader, writer: schemas.writer };
}

/** The schemas that others use, in whichever order they need: one that uses another is parsed after it. */
function schemasOf(
  references: readonly string[],
  parse: (file: string, known: readonly Schema[]) => Schema | undefined,
  problems: CatalogProblem[],
): readonly Schema[] {
  const known: Schema[] = [];
  let open = [...new Set(references)];
  for (let before = -1; before !== open.length && open.length > 0; ) {
    before = open.length;
    problems.length = 0;
    open = open.filter((file) => {
      const schema = parse(file, known);
      if (schema !== undefined) known.push(schema);
      return schema === undefined;
    });
  }
  return known;
}

function problemsOf({ problems }: SchemaError, source: Source, places: Places): readonly CatalogProblem[] {
  return problems.flatMap(({ pointer, message }) => {
    if (message.startsWith("not JSON")) {
      const located: CatalogProblem[] = [];
      parseLocated(source, located);
      if (located.length > 0) return located;
    }
    const keys = pointer.split("/").slice(1);
    const { line, column } = places.at({
      file: source.file,
      keys: keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~")),
    });
    return [{ file: source.file, line, column, message }];
  });
}

function refused(problems: readonly CatalogProblem[]): CommandFailed {
  const lines = [...new Set(problems.map(problemText))];
  const hint = referenceHint(problems);
  return new CommandFailed(
    ["the schemas are not usable:", ...lines.map((line) => `  ${line}`), ...(hint ? [hint] : [])].join("\n"),
  );
}

/** A field's name stands for the field. */
function placeOf(places: Places, file: string, path: readonly string[]): Place {
  const part = places.follow(file, path);
  const isField = path.at(-2) === "fields";
  return places.at(isField ? { file: part.file, keys: [...part.keys, "name"] } : part);
}
