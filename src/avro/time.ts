import { DecodeError } from "./errors.ts";
import { type Leaf, MISFIT, Refusal, WIRES } from "./leaf.ts";
import type { TimeUnit } from "./logical.ts";
import { bigintOf, longOf } from "./number.ts";
import { shown } from "./shown.ts";

const DAY_MS = 86_400_000;
/** The furthest a Date can be from 1970, in milliseconds (ECMA-262, Time Values). */
const DATE_MS_MAX = 8.64e15;
const DAYS_MAX = DATE_MS_MAX / DAY_MS;

/** How many of a unit make a millisecond, and how many digits of a second's fraction it can hold. */
export const UNITS = {
  millis: { perMs: 1, digits: 3 },
  micros: { perMs: 1_000, digits: 6 },
  nanos: { perMs: 1_000_000, digits: 9 },
} as const satisfies Record<TimeUnit, unknown>;

const DATE = "([+-]\\d{6}|\\d{4})-(\\d{2})-(\\d{2})";
const TIME = "(\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?";
const DATE_ONLY = new RegExp(`^${DATE}$`);
const TIME_ONLY = new RegExp(`^${TIME}$`);
const TIMESTAMP = new RegExp(`^${DATE}[T ]${TIME}(Z|z|[+-]\\d{2}:?\\d{2})?$`);

/** Days since 1970-01-01, as `YYYY-MM-DD`. */
export const dateLeaf: Leaf<number> = {
  expected: "a date like 2026-01-31, or whole days since 1970-01-01",
  wire: WIRES.int,
  looks: ["string"],
  takes: ["number", "date"],
  convert: daysOf,
  present: dateText,
};

/** Time of day without a zone: a number in JavaScript. */
export function timeLeaf(unit: "millis" | "micros", bigint: boolean): Leaf<number> | Leaf<bigint> {
  const { perMs } = UNITS[unit];
  const shared = {
    expected: `a time like 13:45:30.123, or whole ${unit} since midnight`,
    looks: ["number"],
    takes: ["string"],
  } as const;
  const convert = (value: unknown) => {
    const time = typeof value === "string" ? timeOf(value, unit) : longOf(value);
    return time instanceof Refusal || (time >= 0 && time < DAY_MS * perMs) ? time : MISFIT;
  };
  if (bigint)
    return {
      ...shared,
      wire: WIRES.bigint,
      convert: (value) => widened(convert(isDigits(value) ? Number(value) : value)),
    };
  return { ...shared, wire: unit === "millis" ? WIRES.int : WIRES.long, convert };
}

/**
 * A moment (`timestamp-*`), or a date and time without a zone (`local-timestamp-*`): a Date where it counts
 * milliseconds, else a number, which for nanoseconds holds little more than a hundred days: those want a bigint.
 */
export function timestampLeaf(unit: TimeUnit, local: boolean, bigint: boolean): Leaf<number> | Leaf<bigint> {
  const example = local ? "2026-01-31T13:45:30" : "2026-01-31T13:45:30Z";
  const expected = `a date and time like ${example}, or whole ${unit} since 1970`;
  const read = (value: unknown) =>
    typeof value === "string" && !(bigint && isDigits(value)) ? timestampOf(value, unit, local) : undefined;
  if (bigint) {
    return {
      expected,
      wire: WIRES.bigint,
      looks: ["number"],
      takes: ["string", "date"],
      convert: (value) => read(value) ?? (value instanceof Date ? bigintOfDate(value, unit) : bigintOf(value)),
    };
  }
  const convert = (value: unknown) => {
    // Before a long that is too large is told how to be a bigint: no moment in milliseconds is that far away.
    if (unit === "millis" && Number.isInteger(value) && Math.abs(Number(value)) > DATE_MS_MAX) {
      return new Refusal(
        `expected ${expected}, found ${shown(value)}: beyond ±${DATE_MS_MAX} (years -271821 to 275760)`,
      );
    }
    const number =
      narrowed(read(value)) ?? (value instanceof Date ? narrowed(bigintOfDate(value, unit)) : longOf(value));
    if (number instanceof Refusal || unit !== "millis") return number ?? MISFIT;
    return number !== undefined && Math.abs(number) <= DATE_MS_MAX ? number : MISFIT;
  };
  if (unit !== "millis") return { expected, wire: WIRES.long, looks: ["number"], takes: ["string", "date"], convert };
  // In JSON it is a string or a number, so in a union it looks like either.
  return { expected, wire: WIRES.long, looks: ["date", "string", "number"], takes: [], convert, present: dateOf };
}

function dateOf(ms: number): Date {
  if (Math.abs(ms) <= DATE_MS_MAX) return new Date(ms);
  throw new DecodeError("DATE_OUT_OF_RANGE", `${ms} ms from 1970 is beyond what a Date holds`);
}

function dateText(days: number): string {
  if (Math.abs(days) > DAYS_MAX) {
    throw new DecodeError("DATE_OUT_OF_RANGE", `${days} days from 1970 are beyond what a Date holds`);
  }
  const text = new Date(days * DAY_MS).toISOString();
  return text.slice(0, text.indexOf("T"));
}

function daysOf(value: unknown): number | Refusal {
  const days = typeof value === "string" ? daysOfText(value) : value instanceof Date ? value.getTime() / DAY_MS : value;
  return typeof days === "number" && Number.isInteger(days) && Math.abs(days) <= DAYS_MAX ? days : MISFIT;
}

function daysOfText(text: string): number | undefined {
  const [, year, month, day] = DATE_ONLY.exec(text) ?? [];
  return calendarDays(year, month, day);
}

/** Undefined for a day that the calendar does not have: 30 February is in March. */
function calendarDays(year = "", month = "", day = ""): number | undefined {
  const date = new Date(0);
  const ms = date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const real = year !== "-000000" && date.getUTCMonth() === Number(month) - 1;
  return year !== "" && real ? ms / DAY_MS : undefined;
}

function timeOf(text: string, unit: "millis" | "micros"): number | Refusal {
  const [, hours, minutes, seconds, fraction] = TIME_ONLY.exec(text) ?? [];
  return hours === undefined ? MISFIT : clock(hours, minutes, seconds, fraction, unit);
}

/** Of the unit since midnight; exact, since a day has 8.64e13 nanoseconds. */
function clock(hours = "", minutes = "", seconds = "0", fraction = "", unit: TimeUnit): number | Refusal {
  const { digits, perMs } = UNITS[unit];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return MISFIT;
  if (/[1-9]/.test(fraction.slice(digits)))
    return new Refusal(
      `expected at most ${digits} digits after the second's point (${unit}), found ${shown(`.${fraction}`)}: it would be rounded`,
    );
  const whole = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000 * perMs;
  return whole + Number(fraction.slice(0, digits).padEnd(digits, "0"));
}

function timestampOf(text: string, unit: TimeUnit, local: boolean): bigint | Refusal {
  const [, year, month, day, hours, minutes, seconds, fraction, zone] = TIMESTAMP.exec(text) ?? [];
  const days = calendarDays(year, month, day);
  if (days === undefined) return MISFIT;
  const time = clock(hours, minutes, seconds, fraction, unit);
  if (time instanceof Refusal) return time;
  const offset = offsetMinutes(zone, local);
  if (offset instanceof Refusal) return offset;
  const perMs = BigInt(UNITS[unit].perMs);
  return BigInt(days * DAY_MS - offset * 60_000) * perMs + BigInt(time);
}

/** A local timestamp may end in Z because that is how JSON.stringify prints the Date it was decoded to. */
function offsetMinutes(zone: string | undefined, local: boolean): number | Refusal {
  if (zone === "Z" || zone === "z") return 0;
  if (zone === undefined) {
    return local ? 0 : new Refusal("expected a time with its zone, like 13:45:30Z or 13:45:30+02:00, found no zone");
  }
  if (local) return new Refusal(`expected a local time without a zone, found ${shown(zone)}`);
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return MISFIT;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function bigintOfDate(date: Date, unit: TimeUnit): bigint | Refusal {
  const ms = date.getTime();
  return Number.isNaN(ms) ? MISFIT : bigintOf(BigInt(ms) * BigInt(UNITS[unit].perMs));
}

/** How JSON writes a bigint. */
function isDigits(value: unknown): boolean {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value);
}

function narrowed(value: bigint | Refusal | undefined): number | Refusal | undefined {
  return typeof value === "bigint" ? longOf(value) : value;
}

function widened(value: number | Refusal): bigint | Refusal {
  return typeof value === "number" ? BigInt(value) : value;
}
