import { nameMismatch } from "../compat/index.ts";
import { simpleName } from "../names.ts";
import type { EnumNode, FixedNode, NamedNode } from "../schema.ts";
import { diffFields } from "./fields.ts";
import { movedOf } from "./moved.ts";
import { below, inBoth, type Place } from "./place.ts";
import { diffAliases, diffDoc } from "./texts.ts";
import type { Walk } from "./walk.ts";

/** What changed in a record, an enum or a fixed that stayed one. */
export function diffNamed(walk: Walk, older: NamedNode, newer: NamedNode, place: Place): void {
  diffNames(walk, older, newer, place);
  diffDoc(walk, older.doc, newer.doc, place);
  if (older.type === "record" && newer.type === "record") {
    walk.properties(older, newer, place);
    diffFields(walk, older, newer, place);
  } else if (older.type === "enum" && newer.type === "enum") {
    walk.properties(older, newer, place);
    diffEnum(walk, older, newer, place);
  } else if (older.type === "fixed" && newer.type === "fixed") {
    diffFixed(walk, older, newer, place);
  }
}

function diffNames(walk: Walk, older: NamedNode, newer: NamedNode, place: Place): void {
  const newReadsOld = nameMismatch.check(newer, older) === undefined;
  const oldReadsNew = nameMismatch.check(older, newer) === undefined;
  const said = { before: older.name, after: newer.name, newReadsOld, oldReadsNew };
  if (simpleName(older.name) !== simpleName(newer.name)) {
    const message = newReadsOld
      ? `the ${newer.type} has another name, and the old one as an alias`
      : `the ${newer.type} has another name, and no alias that says what it was`;
    walk.say("NAME", inBoth(place, "name"), { ...said, message });
  } else if (older.name !== newer.name) {
    const message = `the ${newer.type} is in another namespace, at which registries do not look`;
    walk.say("NAMESPACE", inBoth(place, "name"), { ...said, message });
  }
  diffAliases(walk, "TYPE_ALIASES", older, newer, { place });
}

function diffFixed(walk: Walk, older: FixedNode, newer: FixedNode, place: Place): void {
  if (older.size !== newer.size) {
    walk.say("FIXED_SIZE", inBoth(place, "size"), {
      before: String(older.size),
      after: String(newer.size),
      message: "another number of bytes, which nobody can read as the other",
      newReadsOld: false,
      oldReadsNew: false,
    });
  }
  walk.leaf(older, newer, place);
}

function diffEnum(walk: Walk, older: EnumNode, newer: EnumNode, place: Place): void {
  const was = new Map(older.symbols.map((symbol, index) => [symbol, index]));
  const is = new Set(newer.symbols);
  const moved = movedOf(newer.symbols.flatMap((symbol) => was.get(symbol) ?? []));
  for (const [index, symbol] of newer.symbols.entries()) {
    const before = was.get(symbol);
    const to = ["symbols", String(index)];
    if (before === undefined) {
      walk.say("SYMBOL_ADDED", below(place, "symbols", to), { after: symbol, ...symbolAdded(older) });
    } else if (moved.has(before)) {
      walk.say("SYMBOL_MOVED", below(place, ["symbols", String(before)], to), {
        before: `${symbol}, number ${before + 1}`,
        after: `${symbol}, number ${index + 1}`,
        message: "symbols are matched by name, so the order means nothing to readers",
      });
    }
  }
  for (const [index, symbol] of older.symbols.entries()) {
    if (is.has(symbol)) continue;
    const at = below(place, ["symbols", String(index)], "symbols");
    walk.say("SYMBOL_REMOVED", at, { before: symbol, ...symbolRemoved(newer) });
  }
  diffEnumDefault(walk, older, newer, place);
}

const symbolAdded = ({ default: fallback }: EnumNode) => ({
  oldReadsNew: fallback !== undefined,
  message:
    fallback === undefined
      ? "a new symbol, which earlier readers do not know and have no default for"
      : `a new symbol, which earlier readers take for \`${fallback}\``,
});

const symbolRemoved = ({ default: fallback }: EnumNode) => ({
  newReadsOld: fallback !== undefined,
  message:
    fallback === undefined
      ? "the symbol is gone, and there is no default to read it as"
      : `the symbol is gone, and read as \`${fallback}\``,
});

function diffEnumDefault(walk: Walk, older: EnumNode, newer: EnumNode, place: Place): void {
  const [before = "", after = ""] = [older.default, newer.default];
  if (before === after) return;
  const message = after === "" ? "unknown symbols cannot be read any more" : `unknown symbols are read as \`${after}\``;
  const at = below(place, before === "" ? [] : "default", after === "" ? [] : "default");
  walk.say("ENUM_DEFAULT", at, { before, after, message });
}
