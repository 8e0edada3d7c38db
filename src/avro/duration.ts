import { type Leaf, MISFIT, Refusal } from "./leaf.ts";
import type { FixedNode } from "./schema.ts";
import { asBuffer, fixedWire } from "./text.ts";

const UINT32_MAX = 2 ** 32 - 1;

const DURATION =
  /^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,3}))?S)?)?$/;

/**
 * A duration: months, days and milliseconds, which do not convert into each other; three unsigned 32-bit numbers,
 * little-endian. In JSON and JavaScript an ISO 8601 duration: P1M2DT3.004S.
 */
export function durationLeaf(node: FixedNode): Leaf<Buffer> {
  return {
    expected: "an ISO 8601 duration like P1M2DT3.004S",
    wire: fixedWire(node),
    looks: ["string"],
    takes: ["bytes"],
    convert(value) {
      if (value instanceof Uint8Array) return value.length === node.size ? asBuffer(value) : MISFIT;
      return typeof value === "string" ? bytesOfDuration(value) : MISFIT;
    },
    present: durationText,
  };
}

function bytesOfDuration(text: string): Buffer | Refusal {
  const parts = DURATION.exec(text);
  if (parts === null) return MISFIT;
  const [years, months, weeks, days, hours, minutes, seconds] = parts.slice(1, 8).map((part) => Number(part || 0));
  const time = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  const counts = [
    Number(years) * 12 + Number(months),
    Number(weeks) * 7 + Number(days),
    time + Number((parts[8] ?? "").padEnd(3, "0")),
  ];
  if (counts.some((count) => count > UINT32_MAX))
    return new Refusal("expected a duration whose months, days and milliseconds each fit 32 bits");
  return Buffer.from(new Uint32Array(counts).buffer);
}

function durationText(bytes: Buffer): string {
  const months = bytes.readUInt32LE(0);
  const days = bytes.readUInt32LE(4);
  const ms = bytes.readUInt32LE(8);
  const date = `${months ? `${months}M` : ""}${days ? `${days}D` : ""}`;
  const time = ms ? `T${ms / 1_000}S` : "";
  return date + time === "" ? "PT0S" : `P${date}${time}`;
}
