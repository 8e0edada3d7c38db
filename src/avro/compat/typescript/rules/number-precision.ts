import type { LeafNode } from "../../../leaf-of.ts";
import type { Pair, TypescriptRule } from "../change.ts";
import { scalarOf } from "../decoded.ts";

const ROUNDED =
  "Keep the whole number, or add a field with the other type: handlers may count on whole numbers, and those who write rounded ones cannot be told.";

/** What becomes of numbers, by the types before and after. */
const WIDENED: Readonly<Record<string, { readonly now: string; readonly help: string }>> = {
  "int long": {
    now: "may be beyond ±(2^53-1) now, which a JavaScript number does not hold: such a record cannot be decoded",
    help: 'Say `"jsType": "bigint"` where values may become that large; where they never do, nothing needs to change.',
  },
  "int float": { now: "may have a fraction now, and whole numbers beyond 2^24 are rounded", help: ROUNDED },
  "int double": { now: "may have a fraction now", help: ROUNDED },
  "long float": { now: "may have a fraction now, and whole numbers beyond 2^24 are rounded", help: ROUNDED },
  "long double": { now: "may have a fraction now, and whole numbers beyond ±(2^53-1) are rounded", help: ROUNDED },
};

export const numberPrecision: TypescriptRule<Pair<LeafNode>> = {
  id: "TS_NUMBER_PRECISION",
  purpose: "A number stays one that a JavaScript number holds as exactly as before, and does not become a bigint.",
  check({ older, newer }) {
    if (older.type === "enum" || newer.type === "enum") return undefined;
    const [was, is] = [scalarOf(older), scalarOf(newer)];
    if (was === "number" && is === "bigint") {
      return {
        says: `is a \`bigint\` where it was a \`number\``,
        help: "Change the handlers together with the schema: `1n + 1` throws, and JSON.stringify refuses a bigint.",
      };
    }
    if (was === "bigint" && is === "number") {
      return {
        says: `is a \`number\` where it was a \`bigint\`, and records beyond ±(2^53-1) cannot be decoded`,
        help: 'Keep `"jsType": "bigint"`.',
      };
    }
    const widened = was === "number" && is === "number" ? WIDENED[`${older.type} ${newer.type}`] : undefined;
    if (widened === undefined || (newer.type !== "fixed" && newer.logical !== undefined)) return undefined;
    return { says: `was \`${older.type}\`, and ${widened.now}`, help: widened.help };
  },
};
