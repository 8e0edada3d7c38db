/** The partition of a key, as Java's default partitioner (and every client that agrees with it) chooses it. */
export function partitionOf(key: Uint8Array | string, partitions: number): number {
  const bytes = typeof key === "string" ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

/** MurmurHash2, 32 bits, with the seed that Apache Kafka's `Utils.murmur2` has. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word =
      byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24);
    let mixed = Math.imul(word, M);
    mixed ^= mixed >>> R;
    hash = Math.imul(hash, M) ^ Math.imul(mixed, M);
  }
  const rest = length - at;
  if (rest === 3) hash ^= byte(bytes, at + 2) << 16;
  if (rest >= 2) hash ^= byte(bytes, at + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(bytes, at), M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

// The index is in range, so the alternative is never taken; it is there for the compiler.
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
