import type { LintPart, LintRule } from "./rule.ts";

const PASCAL = /^[A-Z][A-Za-z0-9]*$/;
const SYMBOL = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const NAMESPACE = /^[a-z][a-z0-9]*([._][a-z0-9]+)*$/;

/** How a field's name is written; `id` is both. */
const STYLES = {
  snake_case: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
  camelCase: /^[a-z][a-zA-Z0-9]*$/,
} as const;

export const typeName: LintRule = {
  id: "TYPE_NAME",
  check(part) {
    if (part.kind !== "type") return [];
    const simple = part.node.name.slice(part.node.name.lastIndexOf(".") + 1);
    if (PASCAL.test(simple)) return [];
    return [
      {
        below: ["name"],
        message: `the ${part.node.type} ${simple} is not named as types are`,
        help: `Call it ${pascal(simple)}, and keep "aliases": ["${part.node.name}"] where events with the old name are stored.`,
      },
    ];
  },
};

export const fieldName: LintRule = {
  id: "FIELD_NAME",
  check(part) {
    if (part.kind !== "field") return [];
    const { field, style } = part;
    const { name } = field;
    if (STYLES[style ?? "snake_case"].test(name) || (style === undefined && STYLES.camelCase.test(name))) return [];
    const wanted = style === "camelCase" ? camel(name) : snake(name);
    const others = style === undefined ? "fields are written in snake_case or camelCase" : `the others are in ${style}`;
    return [
      {
        below: ["name"],
        message: `the field ${name} is not named like the others: ${others}`,
        help: `Call it ${wanted}, with "aliases": ["${name}"] where it is in use.`,
      },
    ];
  },
};

export const symbolName: LintRule = {
  id: "SYMBOL_NAME",
  check(part) {
    if (part.kind !== "type" || part.node.type !== "enum") return [];
    const { name, symbols } = part.node;
    return symbols.flatMap((symbol, index) =>
      SYMBOL.test(symbol)
        ? []
        : {
            below: ["symbols", String(index)],
            message: `the symbol ${symbol} of ${name} is not in capitals`,
            help: `Call it ${snake(symbol).toUpperCase()} in a new enum; in one that is in use, a renamed symbol is another symbol.`,
            meaning: symbol,
          },
    );
  },
};

export const namespaceName: LintRule = {
  id: "NAMESPACE_NAME",
  check(part) {
    if (part.kind !== "type") return [];
    const { attributes } = part.node;
    const { namespace } = attributes;
    if (typeof namespace !== "string" || namespace === "" || NAMESPACE.test(namespace)) return [];
    return [
      {
        below: ["namespace"],
        message: `the namespace ${namespace} is not in lower case`,
        help: `Write ${namespace.toLowerCase()} in a new schema. In one that is in use, leave it: a namespace is part of the name.`,
      },
    ];
  },
};

/** The style of most names with two words; of as many in each, that of the first. */
export function styleOf(names: readonly string[]): Extract<LintPart, { kind: "field" }>["style"] {
  const isSnake = (name: string) => STYLES.snake_case.test(name) && name.includes("_");
  const isCamel = (name: string) => STYLES.camelCase.test(name) && /[A-Z]/.test(name);
  const shown = names.filter((name) => isSnake(name) || isCamel(name));
  const [first] = shown;
  if (first === undefined) return undefined;
  const snakes = shown.filter(isSnake).length;
  if (2 * snakes === shown.length) return isSnake(first) ? "snake_case" : "camelCase";
  return 2 * snakes > shown.length ? "snake_case" : "camelCase";
}

/** The words of a name in lower case: `unitPrice_EUR` is `unit_price_eur`. */
export const snake = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();

const pascal = (name: string): string =>
  snake(name)
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

const camel = (name: string): string => pascal(name).replace(/^./, (first) => first.toLowerCase());
