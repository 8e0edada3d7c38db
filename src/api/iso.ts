/** The moment as RFC 3339 in UTC, `2026-11-21T04:22:09.719Z`. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The last millisecond that an ISO 8601 date with a year of four digits can name. */
export const ISO_MS_MAX = 253_402_300_799_999;
