import type { Node, Schema } from "../../avro/index.ts";

/**
 * A hash over the kinds and names of a schema's types, with names written out. Schemas that are the same have the same
 * shape, and few others do: whoever looks for a schema among many looks only at those. It is kept in the file, so
 * another way to make it is another form of the file (`store/tables.ts`).
 */
export function shapeOf({ root }: Schema): string {
  const hash = new Bun.CryptoHasher("md5");
  const seen = new Set<string>();
  walk(root);
  return hash.digest("base64");

  function walk(node: Node): void {
    hash.update(`${node.type}\n`);
    if ("name" in node) {
      hash.update(`${node.name}\n`);
      if (seen.has(node.name)) return;
      seen.add(node.name);
    }
    switch (node.type) {
      case "array":
        walk(node.items);
        break;
      case "map":
        walk(node.values);
        break;
      case "union":
        for (const branch of node.branches) walk(branch);
        hash.update(".");
        break;
      case "record":
        for (const { name, type } of node.fields) {
          hash.update(`${name}\n`);
          walk(type);
        }
        hash.update(".");
        break;
      case "enum":
        hash.update(`${node.symbols.join("\n")}\n`);
        break;
      case "fixed":
        hash.update(`${node.size}\n`);
        break;
      default:
    }
  }
}
