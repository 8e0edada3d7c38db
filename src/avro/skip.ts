import { bytesMin } from "./bytes-min.ts";
import { DEPTH_MAX } from "./cursor.ts";
import { DecodeError } from "./errors.ts";
import type { Read } from "./read.ts";
import type { Node, RecordNode } from "./schema.ts";

/** Told of each value of a type that is moved past; of an enum's with the index of the symbol. */
type OnSkip = (symbolIndex?: number) => void;

/** Compiles what moves past a value without making anything of it. `listener` names those to be told of some types. */
export function createSkips(listener: (node: Node) => OnSkip | undefined = () => undefined): (node: Node) => Read {
  const skips = new Map<Node, Read>();

  return function skip(node: Node): Read {
    const known = skips.get(node);
    if (known !== undefined) return known;
    let compiled: Read | undefined;
    skips.set(node, (cursor) => compiled?.(cursor));
    const onSkip = listener(node);
    const plain = compile(node, skip);
    compiled = onSkip === undefined ? plain : telling(node, plain, onSkip);
    skips.set(node, compiled);
    return compiled;
  };
}

function telling(node: Node, plain: Read, onSkip: OnSkip): Read {
  return (cursor) => {
    const read = plain(cursor);
    // Of all types, an enum's is the one whose skipping reads something: the index.
    onSkip(node.type === "enum" ? Number(read) : undefined);
  };
}

function compile(node: Node, skip: (node: Node) => Read): Read {
  switch (node.type) {
    case "null":
      return () => {};
    case "boolean":
      return (cursor) => cursor.skip(1);
    case "float":
      return (cursor) => cursor.skip(4);
    case "double":
      return (cursor) => cursor.skip(8);
    case "int":
    case "long":
      return (cursor) => cursor.skipLong();
    case "bytes":
    case "string":
      return (cursor) => cursor.skipBytes();
    case "fixed":
      return (cursor) => cursor.skip(node.size);
    case "enum":
      return (cursor) => cursor.readIndex(node.symbols.length, node.name);
    case "array":
      return blocks(bytesMin(node.items), skip(node.items));
    case "map": {
      const value = skip(node.values);
      return blocks(1 + bytesMin(node.values), (cursor) => {
        cursor.skipBytes();
        value(cursor);
      });
    }
    case "union": {
      const branches = node.branches.map(skip);
      return (cursor) => branches[cursor.readIndex(branches.length, "a union")]?.(cursor);
    }
    case "record":
      return ofRecord(
        node,
        node.fields.map(({ type }) => skip(type)),
      );
  }
}

function blocks(itemBytesMin: number, item: Read): Read {
  return (cursor) => {
    for (let count = cursor.readBlock(itemBytesMin); count > 0; count = cursor.readBlock(itemBytesMin)) {
      for (let index = 0; index < count; index++) item(cursor);
    }
  };
}

function ofRecord({ recursive, name }: RecordNode, fields: readonly Read[]): Read {
  return (cursor) => {
    if (recursive && !cursor.enter())
      throw new DecodeError("TOO_DEEP", `${name} is nested deeper than ${DEPTH_MAX} levels`);
    for (const field of fields) field(cursor);
    if (recursive) cursor.leave();
  };
}
