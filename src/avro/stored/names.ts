import { lengthProblem } from "../names.ts";
import { shown } from "../shown.ts";
import { type Place, report, type StoredParse } from "./parse-state.ts";

const ASCII = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Java looks at each half of a surrogate pair, and finds no letter. */
const ANY_SCRIPT = /^(?:(?![\ud800-\udfff])[\p{L}_])(?:(?![\u{10000}-\u{10ffff}])[\p{L}\p{Nd}_])*$/u;

/** Holds a simple name to the rules: letters, digits and _, of ASCII alone where the schema is new. */
export function checkName(
  parse: StoredParse,
  name: unknown,
  place: Place,
  ...keys: (string | number)[]
): name is string {
  const tooLong = lengthProblem(name);
  if (
    tooLong === "" &&
    typeof name === "string" &&
    (parse.strict ? ASCII : ANY_SCRIPT).test(name) &&
    !/[^\0-\uffff]/u.test(name)
  )
    return true;
  const letters = parse.strict ? "ASCII letters, digits and _" : "letters, digits and _";
  report(parse, place, `expected a name of ${letters}, found ${shown(name)}${tooLong}`, ...keys);
  return false;
}

/** Holds a namespace to the same rules; schemas that are already stored may have any. */
export function checkNamespace(parse: StoredParse, namespace: string, place: Place, key: string): void {
  if (!parse.strict || namespace === "" || namespace.split(".").every((part) => ASCII.test(part))) return;
  const expected = "expected parts of ASCII letters, digits and _, joined by dots";
  report(parse, place, `${expected}, found the namespace ${JSON.stringify(namespace)}`, key);
}
