/** Positions in a record batch of magic 2: https://kafka.apache.org/documentation/#recordbatch */
export const BASE_OFFSET = 0;
export const LENGTH = 8;
/** Where the length counts from. */
export const LENGTH_END = 12;
export const LEADER_EPOCH = 12;
export const MAGIC = 16;
export const CRC = 17;
/** Where the checksum counts from: what stands before it, a broker may stamp without computing it again. */
export const ATTRIBUTES = 21;
export const LAST_OFFSET_DELTA = 23;
export const BASE_TIMESTAMP = 27;
export const MAX_TIMESTAMP = 35;
export const PRODUCER_ID = 43;
export const PRODUCER_EPOCH = 51;
export const BASE_SEQUENCE = 53;
export const COUNT = 57;
/** Where the records begin. */
export const RECORDS = 61;

/** Bits of the attributes. */
export const COMPRESSION_BITS = 0x07;
export const APPEND_TIME_BIT = 0x08;
export const TRANSACTIONAL_BIT = 0x10;
export const CONTROL_BIT = 0x20;
/** The base timestamp says when tombstones and markers of this batch may go (KIP-534). */
export const DELETE_HORIZON_BIT = 0x40;
