/** W3C Trace Context: version 00, and ids that are not all zero. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const IDS_PER_DRAW = 512;

/** The request's own `traceparent` where it is a valid one. Another is dropped, as the recommendation asks. */
export const validTraceparent = (given: string | null): string | undefined =>
  given !== null && TRACEPARENT.test(given) ? given : undefined;

/** Builds a maker of new traces. Randomness is drawn for many at once: a draw costs more than an event's encoding. */
export function createTraceparents(): () => string {
  const pool = Buffer.alloc(IDS_PER_DRAW * (TRACE_BYTES + SPAN_BYTES));
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      crypto.getRandomValues(pool);
      at = 0;
    }
    const span = at + TRACE_BYTES;
    const end = span + SPAN_BYTES;
    // Flags 00: nobody has decided to sample it.
    const made = `00-${pool.toString("hex", at, span)}-${pool.toString("hex", span, end)}-00`;
    at = end;
    return made;
  };
}
