import { type Leaf, MISFIT, Refusal, WIRES } from "./leaf.ts";
import type { FixedNode } from "./schema.ts";
import { asBuffer, fixedWire } from "./text.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EXPECTED = "a UUID like 0194f7c2-1a2b-7c3d-8e4f-000000000001";

/** A uuid on a string: checked, and written as it came. */
export const uuidLeaf: Leaf<string> = {
  expected: EXPECTED,
  wire: { ...WIRES.string, read: (cursor) => cursor.readUuid() },
  looks: ["string"],
  takes: [],
  convert: uuidOf,
};

/** A uuid on a fixed of 16: its bytes in the order of its digits (RFC 4122). */
export function uuidFixedLeaf(node: FixedNode): Leaf<Buffer> {
  return {
    expected: EXPECTED,
    wire: fixedWire(node),
    looks: ["string"],
    takes: ["bytes"],
    convert(value) {
      if (value instanceof Uint8Array) return value.length === node.size ? asBuffer(value) : MISFIT;
      const text = uuidOf(value);
      return text instanceof Refusal ? text : Buffer.from(text.replaceAll("-", ""), "hex");
    },
    present: (bytes) => bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  };
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function uuidOf(value: unknown): string | Refusal {
  return typeof value === "string" && isUuid(value) ? value : MISFIT;
}
