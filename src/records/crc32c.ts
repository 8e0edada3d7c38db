/** CRC-32C (Castagnoli), as record batches are checked with, over a range of the bytes: sixteen at a time, by tables. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (const last = end - SLICES; at <= last; at += SLICES) {
    crc ^= byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    crc =
      remainder(15, crc & 0xff) ^
      remainder(14, (crc >>> 8) & 0xff) ^
      remainder(13, (crc >>> 16) & 0xff) ^
      remainder(12, crc >>> 24) ^
      remainder(11, byte(bytes, at + 4)) ^
      remainder(10, byte(bytes, at + 5)) ^
      remainder(9, byte(bytes, at + 6)) ^
      remainder(8, byte(bytes, at + 7)) ^
      remainder(7, byte(bytes, at + 8)) ^
      remainder(6, byte(bytes, at + 9)) ^
      remainder(5, byte(bytes, at + 10)) ^
      remainder(4, byte(bytes, at + 11)) ^
      remainder(3, byte(bytes, at + 12)) ^
      remainder(2, byte(bytes, at + 13)) ^
      remainder(1, byte(bytes, at + 14)) ^
      remainder(0, byte(bytes, at + 15));
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ remainder(0, (crc ^ byte(bytes, at)) & 0xff);
  return ~crc >>> 0;
}

const SLICES = 16;
const POLYNOMIAL = 0x82f63b78;

/** Table n holds, for each byte, its remainder with n zero bytes behind it. */
const TABLES = new Int32Array(SLICES * 256);
for (let value = 0; value < 256; value++) {
  let crc = value;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  TABLES[value] = crc;
}
for (let at = 256; at < TABLES.length; at++) {
  const before = remainder(0, at - 256);
  TABLES[at] = remainder(0, before & 0xff) ^ (before >>> 8);
}

// Both are inlined. Every index is in range, so the alternative is never taken; it is there for the compiler.
function remainder(slice: number, value: number): number {
  return TABLES[slice * 256 + value] ?? 0;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
